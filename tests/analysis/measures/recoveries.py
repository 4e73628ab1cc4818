"""Recoveries drawn by formula: the eligible requests of each second, of which a known share is not decided rightly."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.gate.readings import reading_of
from creditstorm.analysis.gate.verdict import judge
from creditstorm.analysis.measures.asked import asked_of
from creditstorm.analysis.measures.rates import Measured
from creditstorm.analysis.measures.recovery import Episode, calm_of, recovery_of
from creditstorm.analysis.measures.scan import Seconds
from creditstorm.analysis.phases import fault_marks_of
from creditstorm.analysis.summary import Recovery, Verdict
from creditstorm.scenario.model import RecoverySpec, Threshold
from tests.analysis.builders import fault, marks, run, scenario

SEEDS = 60
ELIGIBLE = 0.65
CALM = 0.055
CALM_S = 60
SEEN_S = 100

Shares = NDArray[np.float64]


def calm_again(seconds: int = SEEN_S) -> Shares:
    """The share of calm from the first second on."""
    return np.full(seconds, CALM)


def all_bad_for(bad_s: int, seconds: int = SEEN_S) -> Shares:
    """Everybody for so long, then the share of calm."""
    return np.where(np.arange(seconds) < bad_s, 1.0, CALM)


def for_ever(share: float, seconds: int = SEEN_S) -> Shares:
    """The same share to the end."""
    return np.full(seconds, share)


def decaying(over_s: float, seconds: int = SEEN_S) -> Shares:
    """From everybody down to the share of calm along a straight line."""
    middles = np.arange(seconds) + 0.5
    return np.clip(1.0 - (1.0 - CALM) * middles / over_s, CALM, 1.0)


def relapsing(share: float, seconds: int = SEEN_S) -> Shares:
    """Calm at once, and a share of its own from 40 to 55 s."""
    second = np.arange(seconds)
    return np.where((second >= 40) & (second < 55), share, CALM)


def drawn(rng: np.random.Generator, rate_hz: float, shares: Shares, kind: int = 0) -> Seconds:
    """Independent requests; those that are not decided rightly are all of one kind."""
    asked = rng.poisson(rate_hz * ELIGIBLE, len(shares))
    kinds = np.zeros((3, len(shares)), dtype=np.int64)
    kinds[kind] = rng.binomial(asked, shares)
    return Seconds(asked, kinds)


def recovered(seen: Seconds, calm: Seconds, *, fault_s: float = 15.0, spec: RecoverySpec | None = None) -> Recovery:
    """The recovery from a fault of this length."""
    one = fault_marks_of(marks(from_s=20.0, to_s=20.0 + fault_s))
    known = calm_of(calm, spec or RecoverySpec())
    assert known is not None
    return recovery_of(Episode(one), seen, known)


def planted(
    shares: Shares, *, rate_hz: float = 80.0, seeds: int = SEEDS, kind: int = 0, calm_s: int = CALM_S
) -> list[Recovery]:
    """One recovery a seed, each with a calm of its own."""
    found = []
    for seed in range(seeds):
        rng = np.random.default_rng([seed, 20261126])
        calm = drawn(rng, rate_hz, for_ever(CALM, calm_s))
        found.append(recovered(drawn(rng, rate_hz, shares, kind), calm))
    return found


def rule(text: str, key: str = "recovery_time") -> Threshold:
    """A threshold on recovery."""
    return scenario([fault()], {key: [text]}).thresholds[0]


def verdict(found: Recovery, threshold: Threshold) -> Verdict:
    """What the gate says of a recovery."""
    measured = replace(nobody(), recoveries=(found,))
    return judge(threshold, reading_of(measured, threshold))[0]


@cache
def nobody() -> Measured:
    """A run in which nobody asked."""
    frame, phases = frame_of(run([]))
    return Measured(frame, phases, asked_of(frame, phases))


def verdicts(recoveries: list[Recovery], text: str = "< 20s") -> dict[Verdict, int]:
    """How many recoveries a rule passes, fails and leaves open."""
    threshold = rule(text)
    said = [verdict(found, threshold) for found in recoveries]
    return {each: said.count(each) for each in Verdict}
