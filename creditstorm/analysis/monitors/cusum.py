"""A cumulative sum over seconds that notices when a share has risen (Page 1954, Biometrika 41).

S(t) = max(0, S(t−1) + bad·ln(p₁/p₀) + good·ln((1−p₁)/(1−p₀))): how much likelier the last seconds are under the risen
share p₁ than under the calm one p₀. An alarm is an excursion of S from 0 that reaches a height; the height is such that
calm reaches it at most once in `RARE_S` seconds, found by simulating calm: Poisson many answers a second, each second
with Binomial(n, p₀) bad ones. A height is good for every calm of the same `Usual`, whose figures stand on a grid, so
that whoever keeps heights seldom has to find one.

So seldom is more seldom than two or three excursions of a simulated day can tell. But S sums a likelihood ratio, and
E exp(step) = 1: excursions above h become e times fewer as h grows by 1 (Cramér and Lundberg), so that the number of
lower ones says how many higher ones there are. Where that is not so yet, as the answers of one second are a rise by
themselves, the few that were seen say more. The height is what the more careful of both asks for.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

RARE_S: Final = 100_000.0
"""One false alarm in so many seconds of calm at most: a day and four hours."""
PARTS: Final = 4
SIMULATED_S: Final = 300_000
"""Of calm, in `PARTS`: the height is the highest that one of them asks for, so that luck does not make it too low."""
_HIGHEST: Final = (10, 14, 20, 28, 40, 57, 80)
"""So many of the highest excursions of a part are looked at, in turn: small counts jump with every bad answer."""
_SEED: Final = 20261126
"""One for all: what a monitor knows of calm is that calm's, and not the luck of a scenario."""
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
    """A calibrated sum: calm share, risen share, the height of an alarm, false alarms in `RARE_S` of such calm."""

    calm: float
    risen: float
    height: float
    false_alarms: float

    def steps(self, bad: NDArray[np.int64], n: NDArray[np.int64]) -> NDArray[np.float64]:
        """What each second adds."""
        return bad * self._of_bad + (n - bad) * self._of_good

    @property
    def _of_bad(self) -> float:
        return math.log(self.risen / self.calm)

    @property
    def _of_good(self) -> float:
        return math.log((1.0 - self.risen) / (1.0 - self.calm))

    def typical_delay_s(self, per_second: float) -> float:
        """About how long a rise to the risen share takes to be noticed: the height over the mean gain a second."""
        gain = self.risen * self._of_bad + (1.0 - self.risen) * self._of_good
        return self.height / (gain * per_second) if per_second > 0.0 else math.inf

    def alarms(self, bad: NDArray[np.int64], n: NDArray[np.int64]) -> list[Alarm]:
        """Every alarm in these seconds, in order."""
        return list({alarm.raised: alarm for alarm in RunningSum(self).take(bad, n)}.values())


@dataclass(slots=True)
class RunningSum:
    """A sum that goes on from second to second; whole runs and runs under way are watched by it alike."""

    cusum: Cusum
    seconds: int = 0
    _height: float = 0.0
    _raised: int | None = None

    def take(self, bad: NDArray[np.int64], n: NDArray[np.int64]) -> Iterator[Alarm]:
        """The seconds that follow those so far: an alarm is told when it is raised, and again when it is over."""
        top = self.cusum.height
        for step in self.cusum.steps(bad, n).tolist():
            second, self.seconds = self.seconds, self.seconds + 1
            self._height = min(max(0.0, self._height + step), _CAP * top)
            if self._raised is None and self._height >= top:
                self._raised = second
                yield Alarm(second, None)
            elif self._raised is not None and self._height <= 0.0:
                yield Alarm(self._raised, second)
                self._raised = None


@dataclass(frozen=True, slots=True)
class Usual:
    """All that a height depends on: the calm share, the risen one, answers a second.

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
    """The next power of 1.1 up; more answers have more luck, so that a height for them is none too low for fewer."""
    return float(_RATE_STEP ** math.ceil(math.log(per_second, _RATE_STEP))) if per_second > 0.0 else 0.0


Calibrate = Callable[[Usual], Cusum]
"""Finds the height, as `calibrated` does, or knows it."""


@lru_cache(_REMEMBERED)
def calibrated(usual: Usual) -> Cusum:
    """The sum for such a calm, by simulation: the same to the bit whenever it is asked for, so it is found once."""
    rng = np.random.default_rng(_SEED)
    uncalibrated = Cusum(usual.calm, usual.risen, math.inf, math.nan)
    parts = []
    for _ in range(PARTS):
        # Of Poisson many answers the bad and the good ones are Poisson many, apart: much cheaper than a binomial.
        shares = (usual.calm, 1.0 - usual.calm)
        bad, good = (rng.poisson(usual.per_second * share, SIMULATED_S // PARTS) for share in shares)
        parts.append(_highest(excursions(uncalibrated.steps(bad, bad + good))))
    asked, allowed = [_asked(part) for part in parts], int(SIMULATED_S / RARE_S)
    seen = np.sort(np.concatenate(parts))[::-1]
    # Above the first excursion that is one too many; and one bad answer alone is no alarm.
    too_low = float(seen[allowed]) if len(seen) > allowed else 0.0
    height = max(*asked, math.nextafter(too_low, math.inf), math.log(usual.risen / usual.calm))
    by_tail, by_count = sum(math.exp(one - height) for one in asked) / PARTS, int((seen >= height).sum()) / allowed
    return Cusum(usual.calm, usual.risen, height, max(by_tail, by_count))


def _highest(peaks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Those that a height is found by, the highest first."""
    most = min(len(peaks), _HIGHEST[-1])
    return np.sort(np.partition(peaks, -most)[-most:])[::-1] if most else peaks


def _asked(highest: NDArray[np.float64]) -> float:
    """The height above which the tail of a part of the simulated calm has one in `RARE_S`; -inf where there is none."""
    fewer = RARE_S * PARTS / SIMULATED_S
    levels = [highest[count - 1] + math.log(count * fewer) for count in _HIGHEST if count <= len(highest)]
    return float(np.mean(levels)) if levels else -math.inf


def excursions(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The highest level of every excursion of S from 0."""
    walk = np.cumsum(steps)
    level = walk - np.minimum(np.minimum.accumulate(walk), 0.0)
    up = level > 0.0
    if not up.any():
        return np.zeros(0)
    of_excursion = np.cumsum(~up)[up]
    starts = np.flatnonzero(np.diff(of_excursion, prepend=-1))
    return np.asarray(np.maximum.reduceat(level[up], starts))
