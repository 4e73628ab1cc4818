"""The rate that a lender holds, in words and figures: how sure it is, and what gave way first above it."""

from collections import Counter
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
class Shortened:
    """How the storm was made shorter, so that not too many ask: what builds up over time then builds up less.

    From a peak of `from_hz` on, at the held rate to one of `times` parts of `whole_s`. Of `whole_runs` of its whole
    length at the held rate `whole_passed` kept every rule; 0 runs where too many would ask.
    """

    from_hz: float
    times: float
    whole_s: float
    whole_runs: int = 0
    whole_passed: int = 0

    @property
    def holds(self) -> bool:
        """Whether the whole storm was seen to pass every time."""
        return 0 < self.whole_runs == self.whole_passed


@dataclass(frozen=True, slots=True)
class Held:
    """The largest peak at which another run passes with 95 % confidence, and where the true one lies.

    `chances` is the chance to pass at each of `rates_hz`; `used` how much of each service was in use at the run that
    passed nearest to the held rate, which had a peak of `used_at_hz`. What most runs show that pass near the edge is
    `borne`, and is not said to have given way.
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
    borne: tuple[str, ...] = ()
    shortened: Shortened | None = None


def held_of(belief: Belief, runs: Sequence[tuple[Tried, Probe]], rules: tuple[AskedRule, ...]) -> Held:
    """What the runs say; at least one of them passed."""
    low_hz, high_hz = belief.interval_hz
    held_hz = belief.held_hz
    rates_hz = sorted({tried.rate_hz for tried, _ in runs} | {held_hz})
    borne = _borne([probe for tried, probe in runs if tried.passed and tried.rate_hz >= held_hz / NEAR])
    told = tuple(_told(tried, probe, borne) for tried, probe in runs)
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
        borne=borne,
    )


def _told(tried: Tried, probe: Probe, borne: Sequence[str]) -> TriedRate:
    if tried.passed or probe.broken is None:
        return TriedRate(tried.rate_hz, tried.passed)
    signs = [sign for sign in _signs(probe) if sign not in borne]
    gave_way = signs[0] if signs else next(map(_in_words, probe.causes), "")
    return TriedRate(tried.rate_hz, passed=False, broke=probe.broken.in_words(), gave_way=gave_way)


def _in_words(cause: str) -> str:
    """``late:income`` is "income late"; a refusal for a credit reason is one on what the lender believed."""
    family, _, detail = cause.partition(":")
    if family == "credit":
        return f"refused on {detail}"
    return f"{detail} {family}".strip()


def _signs(probe: Probe) -> list[str]:
    """What was at its limit: queues in the order in which they were full, then workers that were all busy."""
    full = sorted((use.full_s, name) for name, use in probe.services.items() if use.full_s is not None)
    door = "the lender turned people away at the door"
    busy = [(use.in_use, name) for name, use in probe.services.items() if use.in_use is not None and use.in_use > 0.95]
    return [
        *(door if name == DECISION else f"{name} queue full" for _, name in full),
        *(f"{name} workers all busy" for _, name in sorted(busy, reverse=True)),
    ]


def _borne(passing: Sequence[Probe]) -> tuple[str, ...]:
    """What more than half of these show although they pass: it may be at its limit, and is not what breaks the rule."""
    seen = Counter(sign for probe in passing for sign in _signs(probe))
    return tuple(sign for sign, count in seen.items() if 2 * count > len(passing))


def _first(told: Sequence[TriedRate], held_hz: float) -> TriedRate | None:
    """What most failures near the edge say, of equals the one at the lowest rate."""
    near = sorted((one for one in told if not one.passed), key=lambda one: one.rate_hz)
    near = [one for one in near if one.rate_hz <= NEAR * held_hz] or near[:1]
    if not near:
        return None
    words = [one.gave_way for one in near]
    commonest = max(words, key=lambda word: (words.count(word), -words.index(word)))
    return next(one for one in near if one.gave_way == commonest)
