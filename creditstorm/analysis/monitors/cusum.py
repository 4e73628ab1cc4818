"""A cumulative sum over seconds that notices when a share has risen (Page 1954, Biometrika 41).

S(t) = max(0, S(t−1) + bad·a − good·b), where a : b is ln(p₁/p₀) : ln((1−p₀)/(1−p₁)) in whole numbers: how much
likelier the last seconds are under the risen share p₁ than under the calm one p₀. An alarm is an excursion of S from 0
that reaches a height; the height is the lowest that calm reaches at most once in `RARE_S` seconds, where each second
has Poisson many answers, of which each is bad with p₀. How often it does is worked out (`calm_chain`), not drawn. A
height is good for every calm of the same `Usual`, whose figures stand on a grid, so that whoever keeps heights seldom
has to find one.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from creditstorm.analysis.monitors.calm_chain import Steps, alarm_rates, enough, whole_steps

RARE_S: Final = 100_000.0
"""One false alarm in so many seconds of calm at most: a day and four hours."""
_ODDS_STEP: Final = 0.05
_RATE_STEP: Final = 1.1
_REMEMBERED: Final = 2_000
"""So many sums at most: runs of one scenario under many seeds ask for a few dozen."""
_CAP: Final = 1.25
"""S goes no higher than so many heights: an alarm is to end when the trouble does."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """The second at whose end an alarm is raised, and the one at whose end it ends; None while it goes on."""

    raised: int
    ended: int | None


@dataclass(frozen=True, slots=True)
class Cusum:
    """A calibrated sum: calm share, risen share, the height of an alarm, false alarms in `RARE_S` of such calm.

    The height counts in the whole numbers of `step_sizes`.
    """

    calm: float
    risen: float
    height: int
    false_alarms: float

    @property
    def step_sizes(self) -> Steps:
        """What an answer adds or takes."""
        return whole_steps(self.calm, self.risen)

    def steps(self, bad: NDArray[np.int64], n: NDArray[np.int64]) -> NDArray[np.int64]:
        """What each second adds."""
        of = self.step_sizes
        return bad * of.up - (n - bad) * of.down

    def typical_delay_s(self, per_second: float) -> float:
        """About how long a rise to the risen share takes to be noticed: the height over the mean gain a second."""
        of = self.step_sizes
        gain = self.risen * of.up - (1.0 - self.risen) * of.down
        return self.height / (gain * per_second) if per_second > 0.0 else math.inf

    def alarms(self, bad: NDArray[np.int64], n: NDArray[np.int64]) -> list[Alarm]:
        """Every alarm in these seconds, in order."""
        return list({alarm.raised: alarm for alarm in RunningSum(self).take(bad, n)}.values())


@dataclass(slots=True)
class RunningSum:
    """A sum that goes on from second to second; whole runs and runs under way are watched by it alike."""

    cusum: Cusum
    seconds: int = 0
    _up: int = field(init=False)
    _down: int = field(init=False)
    _most: int = field(init=False)
    _level: int = 0
    _raised: int | None = None

    def __post_init__(self) -> None:
        of = self.cusum.step_sizes
        self._up, self._down, self._most = of.up, of.down, int(_CAP * self.cusum.height)

    def add(self, bad: int, n: int) -> Alarm | None:
        """The second that follows those so far; an alarm is told when it is raised, and again when it is over."""
        second, self.seconds = self.seconds, self.seconds + 1
        self._level = min(max(0, self._level + bad * self._up - (n - bad) * self._down), self._most)
        if self._raised is None and self._level >= self.cusum.height:
            self._raised = second
            return Alarm(second, None)
        if self._raised is not None and self._level <= 0:
            raised, self._raised = self._raised, None
            return Alarm(raised, second)
        return None

    def take(self, bad: NDArray[np.int64], n: NDArray[np.int64]) -> Iterator[Alarm]:
        """The same of several seconds."""
        told = map(self.add, bad.tolist(), n.tolist())
        return (alarm for alarm in told if alarm is not None)


@dataclass(frozen=True, slots=True)
class Usual:
    """All that a height depends on: the calm share, the risen one, answers a second, or up to a tenth fewer.

    ValueError unless 0 < calm < risen < 1.
    """

    calm: float
    risen: float
    per_second: float

    def __post_init__(self) -> None:
        if not 0.0 < self.calm < self.risen < 1.0:
            raise ValueError(f"expected 0 < calm < risen < 1, got {self.calm} and {self.risen}")


def share_on_grid(share: float) -> float:
    """The next share up whose log-odds are a multiple of .05; to take calm for higher raises fewer false alarms."""
    if not 0.0 < share < 1.0:
        return share
    log_odds = _ODDS_STEP * math.ceil(math.log(share / (1.0 - share)) / _ODDS_STEP)
    return 1.0 / (1.0 + math.exp(-log_odds))


def rate_on_grid(per_second: float) -> float:
    """The next power of 1.1 up, for which a height is good from a tenth below it on."""
    return float(_RATE_STEP ** math.ceil(math.log(per_second, _RATE_STEP))) if per_second > 0.0 else 0.0


Calibrate = Callable[[Usual], Cusum]
"""Finds the height, as `calibrated` does, or knows it."""


@lru_cache(_REMEMBERED)
def calibrated(usual: Usual) -> Cusum:
    """The sum for such a calm, of the lowest height at which it raises one false alarm in `RARE_S` at most.

    Neither more answers a second nor fewer are always the worse: of many a single bad one is nothing, of few it is
    rare. So both ends of what `rate_on_grid` takes for one are looked at, and the figure is of the worse; between them
    it is 1.07 at most, where it is 1 (42 levels, 21 rates each; of those on the grid none is above 1).
    """
    steps = whole_steps(usual.calm, usual.risen)
    alone = steps.up + 1  # one bad answer alone is no alarm
    if usual.per_second <= 0.0:
        return Cusum(usual.calm, usual.risen, alone, 0.0)
    most = max(alone, enough(usual.calm, steps, RARE_S))
    ends = (usual.per_second, usual.per_second / _RATE_STEP)
    rates = map(max, *(alarm_rates(usual.calm, end, steps, most) for end in ends))
    found = (Cusum(usual.calm, usual.risen, height, rate * RARE_S) for height, rate in enumerate(rates, start=1))
    return next(cusum for cusum in found if cusum.height >= alone and cusum.false_alarms <= 1.0)


def excursions(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """The highest level of every excursion of S from 0."""
    walk = np.cumsum(steps)
    level = walk - np.minimum(np.minimum.accumulate(walk), 0)
    up = level > 0
    if not up.any():
        return np.zeros(0, np.int64)
    of_excursion = np.cumsum(~up)[up]
    starts = np.flatnonzero(np.diff(of_excursion, prepend=-1))
    return np.asarray(np.maximum.reduceat(level[up], starts))
