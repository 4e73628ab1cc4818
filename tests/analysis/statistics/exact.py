"""Exact bounds of independent values, by other formulas than the product's: what it has to come to without clusters."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from creditstorm.analysis.statistics.intervals import ALPHA, rank, wilson_many
from creditstorm.analysis.summary import Estimate

ORDER_STATISTIC: Final = "order statistics, each bound one-sided 95 %"


def quantile(ordered: NDArray[np.float64], q: float) -> Estimate:
    """A quantile of ascending values with distribution-free bounds, each of which alone holds with 95 %.

    With B ~ Binomial(n, q): x₍l₎ ≤ Q with P(B ≥ l), x₍u₎ ≥ Q with P(B < u). A bound is None where n is too small.
    """
    n = len(ordered)
    if n == 0:
        return Estimate(None, None, None, 0, ORDER_STATISTIC)
    low_rank = int(stats.binom.ppf(ALPHA, n, q))
    high_rank = int(stats.binom.ppf(1.0 - ALPHA, n, q)) + 1
    low = float(ordered[low_rank - 1]) if low_rank >= 1 else None
    high = float(ordered[high_rank - 1]) if high_rank <= n else None
    return Estimate(float(ordered[rank(n, q) - 1]), low, high, n, ORDER_STATISTIC)


def wilson(hits: int, n: int) -> Estimate:
    """A share with its two-sided 95 % Wilson interval."""
    share, low, high = (float(one) for one in wilson_many(np.array([hits]), np.array([n]))[:, 0])
    return Estimate(share, low, high, n, "Wilson 95 %")
