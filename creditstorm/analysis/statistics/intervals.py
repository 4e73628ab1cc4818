"""Intervals of independent answers: Wilson for the bins of a figure, one-sided Clopper–Pearson to gate.

Over several runs the run is the top cluster, so its spread decides how wide the interval is.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit
from creditstorm.analysis.summary import Estimate

ALPHA: Final = 0.05
CLOPPER_PEARSON: Final = "Clopper–Pearson, each bound one-sided 95 %"


def wilson_many(hits: NDArray[np.int64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Rows share, low, high of Wilson 95 % intervals, one column an entry; nan where n is 0."""
    from statsmodels.stats.proportion import proportion_confint  # noqa: PLC0415 - half a second, for who analyses only

    band = np.full((3, len(n)), np.nan)
    some = n > 0
    if some.any():
        band[0, some] = hits[some] / n[some]
        band[1:, some] = np.clip(proportion_confint(hits[some], n[some], alpha=ALPHA, method="wilson"), 0.0, 1.0)
    return band


def clopper_pearson(hits: int, n: int) -> Estimate:
    """A share with two exact bounds, each of which alone holds with 95 %; at 0 hits the rule of three."""
    if n == 0:
        return Estimate(None, None, None, 0, CLOPPER_PEARSON)
    return Estimate(hits / n, lower_bound(hits, n), upper_bound(hits, n), n, CLOPPER_PEARSON)


def lower_bound(hits: int, n: int) -> float:
    """The exact one-sided 95 % lower bound of a share."""
    return 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, ALPHA))


def upper_bound(hits: int, n: int) -> float:
    """The exact one-sided 95 % upper bound of a share."""
    return 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1.0 - ALPHA))


def rank(n: int, q: float) -> int:
    """The nearest rank ⌈nq⌉ (from 1) of a quantile; the tiny slack keeps 0.99 × 100 at 99."""
    return max(1, math.ceil(n * q - 1e-9))


def over_runs(estimates: Sequence[Estimate], *, least: float = 0.0, most: float = 1.0) -> Estimate:
    """One run's estimate as it is (one episode); of more, the mean of the runs with its t interval.

    x̄ ± t₀.₉₇₅,ᵣ₋₁ · s / √R, cut to what is possible; n is the number of runs. Without a figure in every run: none.
    """
    if len(estimates) == 1:
        return estimates[0]
    values = [estimate.value for estimate in estimates if estimate.value is not None]
    runs = len(values)
    method = f"mean of {runs} runs, t 95 % over runs"
    if runs < len(estimates) or runs == 0:
        return Estimate(None, None, None, runs, method)
    centre = float(np.mean(values))
    half = float(stdtrit(runs - 1, 1.0 - ALPHA / 2) * np.std(values, ddof=1) / math.sqrt(runs))
    return Estimate(centre, max(least, centre - half), min(most, centre + half), runs, method)
