"""The interval of a mean within one run: time is the cluster, as for a share (`statistics.seconds`)."""

import math
from typing import Final

from scipy.special import stdtrit
from creditstorm.analysis.statistics.memory import remembers
from creditstorm.analysis.statistics.seconds import (
    CLUSTERED,
    WITHIN,
    Level,
    Share,
    too_few,
    too_short,
)
from creditstorm.analysis.summary import Estimate

MEMORIES: Final = 40.0
"""A mean that remembers is that of so many memories, or has no interval."""
METHOD: Final = "mean, stationary bootstrap over seconds, t"


def mean_estimate(sums: Share, spread: float, level: Level) -> Estimate:
    """A mean with its t interval; `sums` has sums of values for hits, `spread` is the Σ (v − its mean)² of all.

    v̄ ± t_df · √max(Var(Σ v), spread) / n, df and Var of whichever of `sums.spreads` makes it wider: that neighbours are
    alike can only widen it. Without a value, or where the run is too short for its own memory, there is no interval.
    """
    n = sums.n
    if n == 0:
        return Estimate(None, None, None, 0, METHOD, level.text, WITHIN)
    mean = float(sums.counts.hits.sum()) / n
    if reason := _without(sums, spread):
        return Estimate(mean, None, None, n, METHOD, level.text, WITHIN, reason)
    quantile = 1.0 - level.alpha
    half = max(stdtrit(one.freedom, quantile) * math.sqrt(max(one.variance, spread)) for one in sums.spreads) / n
    return Estimate(mean, mean - float(half), mean + float(half), n, METHOD, level.text, WITHIN)


def _without(sums: Share, spread: float) -> str:
    """Why there is no interval; empty where there is one."""
    seconds = len(sums.residuals)
    if sums.n < 2 or sums.df < 1.0:
        return too_few(seconds)
    clustered = sums.seen.variance > CLUSTERED * spread or remembers(sums.residuals)
    return too_short(sums.memory_s, seconds) if clustered and sums.memory_s * MEMORIES > seconds else ""
