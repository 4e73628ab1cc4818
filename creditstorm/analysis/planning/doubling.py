"""From cells of three sizes to a system of many: whether size matters, and where a new run of it will lie."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from scipy import stats

SIZES: Final = (1, 2, 4)
"""The cell is simulated so many times as large; each doubling shows what size does."""
MARGIN: Final = 0.02
RATIO: Final = 0.15
"""Shares that differ by at most so much, or by this part of the larger cell's, are the same: the margins of `agree`."""
FEWEST_SEEDS: Final = 3


class Sameness(StrEnum):
    """What comparing two sizes shows."""

    SAME = "same"
    DIFFERENT = "different"
    UNSHOWN = "not shown"


@dataclass(frozen=True, slots=True)
class Doubling:
    """A share at one size against the largest: the difference of the means, with its 90 % interval."""

    size: int
    difference: float
    low: float
    high: float
    margin: float
    sameness: Sameness


@dataclass(frozen=True, slots=True)
class Range:
    """A figure of a new run: the middle, and where it will lie in 95 of 100 runs."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> "Range":
        """The same of something so many times as large."""
        return Range(self.value * factor, self.low * factor, self.high * factor)


def doubling(size: int, smaller: Sequence[float], largest: Sequence[float]) -> Doubling:
    """Two one-sided tests at 5 % (Schuirmann 1987, Welch): the same where the 90 % interval lies in the margin."""
    margin = max(MARGIN, RATIO * float(np.mean(largest)))
    difference = float(np.mean(smaller) - np.mean(largest))
    spreads = [float(np.var(side, ddof=1)) / len(side) for side in (smaller, largest)]
    half = 0.0
    if sum(spreads) > 0.0:
        df = sum(spreads) ** 2 / sum(
            spread**2 / (len(side) - 1) for spread, side in zip(spreads, (smaller, largest), strict=True)
        )
        half = float(stats.t.isf(0.05, df)) * math.sqrt(sum(spreads))
    low, high = difference - half, difference + half
    if -margin < low and high < margin:
        sameness = Sameness.SAME
    else:
        sameness = Sameness.DIFFERENT if low > margin or high < -margin else Sameness.UNSHOWN
    return Doubling(size, difference, low, high, margin, sameness)


def new_run(shares: Mapping[int, Sequence[float]], people: float, k: float) -> Range:
    """A share of a run of the system `k` times as large as the cell, from the shares of each seed at each size.

    The middle is the mean of the largest cell. Its interval is that of one more run, mean ± t · s · √(1 + 1/n), and of
    one more run where the difference between the smallest and the largest cell goes on to shrink with the root of the
    size (what waiting beyond utilisation does, Halfin and Whitt 1981): whichever reaches further on each side. It is
    never narrower than what the `people` of all seeds leave open by chance (Clopper and Pearson): all runs alike, none
    hit, is no proof that nobody will be.
    """
    smallest, largest = (np.asarray(shares[size], dtype=float) for size in (min(shares), max(shares)))
    n, mean, spread = len(largest), float(largest.mean()), float(largest.var(ddof=1))
    half = float(stats.t.isf(0.025, n - 1)) * math.sqrt(spread * (1.0 + 1.0 / n))
    goes_on = _goes_on(max(shares) / min(shares), k / min(shares))
    drift = goes_on * (mean - float(smallest.mean()))
    doubt = spread * (1.0 + (1.0 + goes_on) ** 2 / n) + goes_on**2 * float(smallest.var(ddof=1)) / len(smallest)
    further = float(stats.t.isf(0.025, n - 1)) * math.sqrt(doubt)
    chance_low, chance_high = _chance(mean, people)
    low = min(mean - half, mean + drift - further, chance_low)
    high = max(mean + half, mean + drift + further, chance_high)
    return Range(mean, max(0.0, low), min(1.0, high))


def _goes_on(seen: float, wanted: float) -> float:
    """How many times the step from the smallest to the largest cell is still to come, if it goes with 1 / √size."""
    return (1.0 / math.sqrt(seen) - 1.0 / math.sqrt(wanted)) / (1.0 - 1.0 / math.sqrt(seen))


def _chance(share: float, people: float) -> tuple[float, float]:
    hits = share * people
    low = float(stats.beta.ppf(0.025, hits, people - hits + 1.0)) if hits > 0.0 else 0.0
    high = float(stats.beta.ppf(0.975, hits + 1.0, people - hits)) if hits < people else 1.0
    return low, high
