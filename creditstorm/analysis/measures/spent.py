"""How long the requests of a part of a run took, each in its own second: quantile, mean, and how many took longer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from creditstorm.analysis.measures.asked import Part
from creditstorm.analysis.statistics.intervals import rank
from creditstorm.analysis.statistics.means import mean_estimate
from creditstorm.analysis.statistics.seconds import Level, Share, quantile_estimate
from creditstorm.analysis.summary import Estimate


@dataclass(frozen=True, slots=True)
class Spent:
    """The seconds that the ended requests of a part took, with the cell (stratum and second) of each."""

    part: Part
    spent_s: NDArray[np.float64]
    home: NDArray[np.int32]

    def quantile(self, q: float, level: Level) -> Estimate:
        """The quantile of the nearest rank, with its interval."""
        ordered = np.sort(self.spent_s)
        if not len(ordered):
            return quantile_estimate(ordered, q, self._share(self.spent_s), level)
        return quantile_estimate(ordered, q, self._share(self.spent_s <= ordered[rank(len(ordered), q) - 1]), level)

    def slower(self, bound_s: float, *, or_equal: bool) -> Share:
        """The share of requests that took longer than a bound, or as long."""
        return self._share(self.spent_s >= bound_s if or_equal else self.spent_s > bound_s)

    def mean(self, level: Level) -> Estimate:
        """The mean with its interval."""
        apart = self.spent_s - _of(self.home // self.part.asked.seconds, self.spent_s)
        return mean_estimate(self._share(self.spent_s), float(apart @ apart), level)

    def _share(self, values: NDArray[np.float64] | NDArray[np.bool_]) -> Share:
        ones = np.ones(len(self.home))
        counts = self.part.counts(self.home, values.astype(np.float64), ones, ones)
        if not len(self.home):
            return Share(counts)
        # Without its stratum's mean: that a fault makes answers late is no memory.
        seconds = self.part.asked.seconds
        beyond_s = self.spent_s - _of(self.home // seconds, self.spent_s)
        return Share(counts, _by_second(self.home % seconds, beyond_s))


def spent_of(part: Part, measured_from: str) -> Spent:
    """The seconds from an instant (intended or sent) to the end of each request that has ended."""
    frame = part.asked.frame
    # To the nanosecond: the dust of a subtraction grows with time and would look like memory.
    spent = (frame["done_s"] - frame[f"{measured_from}_s"]).round(9)
    all_s = spent.to_numpy()[part.asked.order[part.rows]]
    ended = ~np.isnan(all_s)
    return Spent(part, all_s[ended], part.asked.cell[part.rows[ended]])


def _of(group: NDArray[np.int32], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each value the mean of its group."""
    return np.asarray((np.bincount(group, values) / np.maximum(np.bincount(group), 1))[group])


def _by_second(second: NDArray[np.int32], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each second that has any value, in order."""
    n = np.bincount(second)
    return np.asarray(np.bincount(second, values)[n > 0] / n[n > 0])
