"""The largest peak that passes, from runs that each pass or fail: bisection that knows its noise.

Two runs of one rate may end differently, so a bisection that believes each of them errs for good. The chance that a run
passes falls with its rate r, and is taken for ``λ + (1 − 2λ) / (1 + (r / edge) ** (1 / spread))``. Every outcome moves
a belief about edge and spread by Bayes' rule, and the next rates are quantiles of that belief. With the noise known it
would be Horstein's probabilistic bisection (1963; Waeber, Frazier and Henderson 2013); with the spread learnt beside
the edge it is what psychophysics measures thresholds with (Watson and Pelli's QUEST, 1983; Kontsevich and Tyler, 1999).

By hand: the kept library for it, questplus, wants xarray and pandas, proposes one run at a time, and makes the two
parameters certain, where here the rate of 95 % is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

LEVEL: Final = 0.95
"""How sure the pass of another run at the held rate is, and how sure the interval around it."""
LAPSE: Final = 0.01
"""How often a run ends otherwise whatever its rate: one freak may not outweigh all others."""
STEP: Final = 0.01
"""How fine rates are told apart: one per cent."""
SPREADS: Final = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16)
"""How wide the way from pass to fail may be, as a share of the rate; each as likely as the next beforehand."""
FURTHER: Final = 1.5
"""How far beyond what has passed the next rate may lie while nothing has failed: far above it a run costs most."""

_Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Tried:
    """A run at a peak rate, and whether it passed."""

    rate_hz: float
    passed: bool


@dataclass(frozen=True)
class Belief:
    """What `tried` says of a lender between two rates that it was asked about."""

    tried: tuple[Tried, ...]
    low_hz: float
    high_hz: float

    @cached_property
    def _logs(self) -> _Array:
        return np.arange(np.log(self.low_hz / 2), np.log(self.high_hz * 2), STEP)

    @cached_property
    def _weights(self) -> _Array:
        """How likely each edge (rows) with each spread (columns) is; all together 1."""
        logs = np.zeros((len(self._logs), len(SPREADS)))
        for one in self.tried:
            chance = self._chances(np.log(one.rate_hz))
            logs += np.log(chance if one.passed else 1.0 - chance)
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum())

    def _chances(self, log_rate: float) -> _Array:
        steps = np.clip((log_rate - self._logs[:, None]) / np.array(SPREADS)[None, :], -60.0, 60.0)
        return np.asarray(LAPSE + (1.0 - 2.0 * LAPSE) / (1.0 + np.exp(steps)))

    def chance(self, rate_hz: float) -> float:
        """How likely another run at this rate passes, all that is not known about the lender included."""
        return float((self._weights * self._chances(np.log(rate_hz))).sum())

    def rate_of(self, chance: float) -> float:
        """The largest rate at which another run passes with this chance."""
        low, high = float(self._logs[0]) - 5.0, float(self._logs[-1]) + 5.0
        while high - low > STEP / 10:
            middle = (low + high) / 2
            low, high = (middle, high) if self.chance(float(np.exp(middle))) >= chance else (low, middle)
        return float(np.exp(low))

    @property
    def held_hz(self) -> float:
        """The largest rate at which another run passes with 95 % confidence."""
        return self.rate_of(LEVEL)

    @cached_property
    def interval_hz(self) -> tuple[float, float]:
        """Where the rate lies at which 95 of 100 runs pass, with 95 % confidence; `held_hz` is inside of it."""
        share = (LEVEL - LAPSE) / (1.0 - 2.0 * LAPSE)
        below = np.log(share / (1.0 - share)) * np.array(SPREADS)
        places = (self._logs[:, None] - below[None, :]).ravel()
        order = np.argsort(places)
        sums = np.cumsum(self._weights.ravel()[order])
        tail = (1.0 - LEVEL) / 2
        first, last = np.searchsorted(sums, [tail, 1.0 - tail])
        low, high = (float(np.exp(places[order[min(int(at), len(order) - 1)]])) for at in (first, last))
        return min(low, self.held_hz), max(high, self.held_hz)

    @property
    def width(self) -> float:
        """How far the ends of the interval are apart, as a share of the lower one."""
        low, high = self.interval_hz
        return high / low - 1.0

    def next_rates(self, count: int) -> list[float]:
        """So many rates from which to learn most, none of them above what was asked about."""
        passed = [one.rate_hz for one in self.tried if one.passed]
        if all(one.passed for one in self.tried) and passed:
            most = min(self.high_hz, max(passed) * FURTHER)
            return [_rounded(most ** (1 - part) * max(passed) ** part) for part in _parts(count)]
        # One at a time they take turns: runs at the middle alone never tell how wide the way from pass to fail is.
        levels = np.linspace(*_ASKED_AT, count) if count > 1 else [_ASKED_AT[len(self.tried) % len(_ASKED_AT)]]
        return [_rounded(min(self.high_hz, max(self.low_hz, self.rate_of(float(level))))) for level in levels]


_ASKED_AT: Final = (0.9, 0.4)
"""The chances to pass that are asked about next: near the held rate, and where a run may as well fail."""


def _parts(count: int) -> Sequence[float]:
    return [step / (2 * count) for step in range(count)]


def belief(tried: Sequence[Tried], low_hz: float, high_hz: float) -> Belief:
    """What is to be believed after these runs."""
    return Belief(tuple(tried), low_hz, high_hz)


def _rounded(rate_hz: float) -> float:
    """Three figures, as people say a rate."""
    return float(f"{rate_hz:.3g}")
