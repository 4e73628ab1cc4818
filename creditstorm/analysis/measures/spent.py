"""How long the requests of a part of a run took, each in its own second: quantile, mean, and how many took longer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from creditstorm.analysis.measures.asked import Part, counts_of
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
        if not len(self.spent_s):
            return quantile_estimate(self.spent_s, q, self._share(self.spent_s), level)
        place = rank(len(self.spent_s), q) - 1
        share = self._share(self.spent_s <= np.partition(self.spent_s, place)[place])
        return quantile_estimate(np.sort(self.spent_s), q, share, level)

    def slower(self, bound_s: float, *, or_equal: bool) -> Share:
        """The share of requests that took longer than a bound, or as long."""
        return self._share(self.spent_s >= bound_s if or_equal else self.spent_s > bound_s)

    def mean(self, level: Level) -> Estimate:
        """The mean with its interval."""
        stratum = self.home // self.part.asked.seconds
        squares = np.bincount(stratum, self.spent_s * self.spent_s)
        sums, n = np.bincount(stratum, self.spent_s), np.bincount(stratum)
        spread = float((squares - sums * sums / np.maximum(n, 1)).sum())
        return mean_estimate(self._share(self.spent_s), max(0.0, spread), level)

    def _share(self, values: NDArray[np.float64] | NDArray[np.bool_]) -> Share:
        n = np.bincount(self.home)
        if values.dtype == np.bool_:
            hits = np.bincount(self.home[values], minlength=len(n))
        else:
            hits = np.bincount(self.home, values)
        counts = counts_of((hits, n, n), self.part.asked.seconds)
        return Share(counts, self._beyond_s()) if len(self.home) else Share(counts)

    def _beyond_s(self) -> NDArray[np.float64]:
        """The mean of each second, without its stratum's: that a fault makes answers late is no memory."""
        n, sums = np.bincount(self.home), np.bincount(self.home, self.spent_s)
        cell = np.flatnonzero(n)
        stratum, second = np.divmod(cell, self.part.asked.seconds)
        means = np.bincount(stratum, sums[cell]) / np.maximum(np.bincount(stratum, n[cell]), 1)
        asked = np.bincount(second, n[cell])
        beyond = np.bincount(second, sums[cell] - n[cell] * means[stratum])
        return np.asarray(beyond[asked > 0] / asked[asked > 0])


def spent_of(part: Part, measured_from: str) -> Spent:
    """The seconds from an instant (intended or sent) to the end of each request that has ended."""
    frame, rows = part.asked.frame, part.asked.order[part.rows]
    spent_s = frame["done_s"].to_numpy()[rows]
    spent_s -= frame[f"{measured_from}_s"].to_numpy()[rows]
    # To the nanosecond: the dust of a subtraction grows with time and would look like memory.
    np.round(spent_s, 9, out=spent_s)
    home = part.asked.cell[part.rows]
    if np.isnan(spent_s).any():
        ended = ~np.isnan(spent_s)
        spent_s, home = spent_s[ended], home[ended]
    return Spent(part, spent_s, home)
