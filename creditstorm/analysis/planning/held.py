"""The rate that a lender holds, in words and figures: how sure it is, and what gave way first above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from creditstorm.analysis.planning.in_use import ServiceUse
from creditstorm.analysis.planning.one_peak import Probe
from creditstorm.analysis.planning.passing import LEVEL, Belief, Tried
from creditstorm.scenario.faults import DECISION

NEAR: Final = 1.5
"""Failures up to so many times the held rate tell what gave way first; far above it everything does."""


@dataclass(frozen=True, slots=True)
class AskedRule:
    """A rule as it was asked for."""

    metric: str
    rule: str


@dataclass(frozen=True, slots=True)
class TriedRate:
    """One run: its peak, whether it kept every rule, else the one it broke and what failed first in it."""

    rate_hz: float
    passed: bool
    broke: str = ""
    gave_way: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """The largest peak at which another run passes with 95 % confidence, and where the true one lies.

    `chances` is the chance to pass at each of `rates_hz`; `used` how much of each service was in use at the run that
    passed nearest to the held rate, which had a peak of `used_at_hz`.
    """

    rules: tuple[AskedRule, ...]
    held_hz: float
    low_hz: float
    high_hz: float
    level: float
    gave_way: str
    broke: str
    used: dict[str, ServiceUse]
    used_at_hz: float
    runs: tuple[TriedRate, ...]
    rates_hz: tuple[float, ...]
    chances: tuple[float, ...]


def held_of(belief: Belief, runs: Sequence[tuple[Tried, Probe]], rules: tuple[AskedRule, ...]) -> Held:
    """What the runs say; at least one of them passed."""
    low_hz, high_hz = belief.interval_hz
    held_hz = belief.held_hz
    rates_hz = sorted({tried.rate_hz for tried, _ in runs} | {held_hz})
    told = tuple(_told(tried, probe) for tried, probe in runs)
    nearest, probe = min(((t, p) for t, p in runs if t.passed), key=lambda run: abs(run[0].rate_hz - held_hz))
    first = _first(told, held_hz)
    return Held(
        rules=rules,
        held_hz=held_hz,
        low_hz=low_hz,
        high_hz=high_hz,
        level=LEVEL,
        gave_way=first.gave_way if first else "",
        broke=first.broke if first else "",
        used=probe.services,
        used_at_hz=nearest.rate_hz,
        runs=told,
        rates_hz=tuple(rates_hz),
        chances=tuple(belief.chance(rate_hz) for rate_hz in rates_hz),
    )


def _told(tried: Tried, probe: Probe) -> TriedRate:
    if tried.passed or probe.broken is None:
        return TriedRate(tried.rate_hz, tried.passed)
    return TriedRate(tried.rate_hz, passed=False, broke=probe.broken.in_words(), gave_way=_gave_way(probe))


def _gave_way(probe: Probe) -> str:
    """The service whose queue was full first; where none was, the commonest cause of a wrongful answer."""
    full = [(use.full_s, name) for name, use in probe.services.items() if use.full_s is not None]
    if full:
        first = min(full)[1]
        return "the lender turned people away at the door" if first == DECISION else f"{first} queue full"
    busy = [(use.in_use, name) for name, use in probe.services.items() if use.in_use is not None and use.in_use > 0.95]
    if busy:
        return f"{max(busy)[1]} workers all busy"
    return next((cause.replace(":", " of ") for cause in probe.causes), "")


def _first(told: Sequence[TriedRate], held_hz: float) -> TriedRate | None:
    """What most failures near the edge say, of equals the one at the lowest rate."""
    near = sorted((one for one in told if not one.passed), key=lambda one: one.rate_hz)
    near = [one for one in near if one.rate_hz <= NEAR * held_hz] or near[:1]
    if not near:
        return None
    words = [one.gave_way for one in near]
    commonest = max(words, key=lambda word: (words.count(word), -words.index(word)))
    return next(one for one in near if one.gave_way == commonest)
