"""Intervals of independent answers: Wilson for the bins of a figure, mid-p to show, Clopper–Pearson to gate.

Over several runs the run is the top cluster, so its spread decides how wide the interval is.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrik, betainc, betaincinv, ndtri, stdtrit
from creditstorm.analysis.summary import Estimate

ALPHA: Final = 0.05
CLOSE: Final = 1e-6
CLOPPER_PEARSON: Final = "Clopper–Pearson, each bound one-sided 95 %"


def wilson_many(hits: NDArray[np.int64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Rows share, low, high of Wilson 95 % intervals, one column an entry; nan where n is 0.

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), as statsmodels' `proportion_confint`, which takes half a second
    of CPU to import.
    """
    band = np.full((3, len(n)), np.nan)
    some = n > 0
    if some.any():
        share, z2 = hits[some] / n[some], ndtri(1.0 - ALPHA / 2) ** 2
        centre = (share + z2 / (2 * n[some])) / (1 + z2 / n[some])
        half = np.sqrt(z2 * (share * (1 - share) / n[some] + z2 / (4 * n[some] ** 2))) / (1 + z2 / n[some])
        band[:, some] = share, np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)
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


def mid_p(hits: float, n: float, tail: float) -> float:
    """The p beyond which `hits` of `n` leave `tail`, half of the chance of just as many counted (Lancaster 1961).

    An exact bound counts all of it and so errs less often than it says, the more the fewer hits there are; mid-p errs
    about as often as it says (Brown, Cai and DasGupta 2001). With I the distribution function of Beta:

        (I_p(h, n − h + 1) + I_p(h + 1, n − h)) / 2 = tail

    It lies between the p of each half alone. Mid-p bounds that leave out 2.5 % each contain the exact ones that leave
    out 5 %: there just as many are at most 5 % likely themselves. Some have to be hits, and some not.
    """
    low, high = float(betaincinv(hits, n - hits + 1.0, tail)), float(betaincinv(hits + 1.0, n - hits, tail))
    while high - low > CLOSE * high:
        middle = (low + high) / 2.0
        reached = betainc(hits, n - hits + 1.0, middle) + betainc(hits + 1.0, n - hits, middle) >= 2.0 * tail
        low, high = (low, middle) if reached else (middle, high)
    return high


def binomial_quantile(share: float, n: int, p: float) -> int:
    """The least k with P(B ≤ k) ≥ `share` of B ~ Binomial(n, p).

    As scipy.stats' `binom.ppf`; that package alone takes a fifth of the CPU of whoever reports on a run.
    """
    k = math.ceil(float(bdtrik(share, n, p)))
    return k - 1 if k > 0 and float(bdtr(k - 1, n, p)) >= share else k


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
