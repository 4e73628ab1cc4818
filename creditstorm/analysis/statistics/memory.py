"""How long a series remembers, and how much that makes its sum vary: stationary bootstrap in closed form."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

LAG_ONE: Final = 1.645
"""One-sided 5 % of the standard normal distribution."""


def block_length_s(series: NDArray[np.float64]) -> float:
    """The block length of Politis and White (2004, corrected 2009), in entries; 1 where nothing varies."""
    if len(series) < 8 or np.ptp(series) < 1e-9:
        return 1.0
    with np.errstate(divide="ignore", invalid="ignore"):  # a series with one burst has lags in which nothing varies
        found = _politis_white(series)
    return max(1.0, found) if math.isfinite(found) else 1.0


def alike_s(series: NDArray[np.float64]) -> float:
    """The block length if nothing but the first lags that are positive were remembered; 1 where the first is not.

    Politis and White divide by the square of the long-run variance. Where short strata have lost their means, that
    comes out about 0 and the block as long as may be, also of a series whose neighbours are opposites. The lags in
    which a sum gains are the first (Geyer 1992: the initial positive sequence).
    """
    if len(series) < 8 or np.ptp(series) < 1e-9:
        return 1.0
    apart = series - series.mean()
    covariance = np.correlate(apart, apart, "full")[len(apart) - 1 :]
    gains = covariance[1 : int(np.argmax(covariance <= 0.0))]
    slope, level = float(2.0 * np.arange(1, len(gains) + 1) @ gains), float(covariance[0] + 2.0 * gains.sum())
    return max(1.0, float((slope / level) ** (2 / 3) * len(series) ** (1 / 3)))


def _politis_white(series: NDArray[np.float64]) -> float:
    """The block length as `arch.bootstrap.optimal_block_length` has it, to the last bit.

    By hand, because arch brings pandas, statsmodels and scipy.stats: a quarter of the CPU of whoever reports on a run.
    """
    n = len(series)
    runs = max(5, int(math.log10(n)))
    most = math.ceil(math.sqrt(n)) + runs
    covariance, correlation = _by_lag(series - series.mean(), most)
    small = correlation < 2.0 * math.sqrt(math.log10(n) / n)
    quiet = next((lag for lag in range(most + 1 - runs) if small[lag : lag + runs].all()), None)
    width = most if quiet is None else min(2 * max(quiet, 1), most)
    slope, level = 0.0, float(covariance[0])
    for lag in range(1, width + 1):
        taper = 1.0 if lag / width <= 0.5 else 2.0 * (1.0 - lag / width)
        slope += 2.0 * taper * lag * covariance[lag]
        level += 2.0 * taper * covariance[lag]
    optimal = np.float64(2.0 * slope**2 / np.float64(2.0 * level**2)) ** (1 / 3) * n ** (1 / 3)
    return float(min(optimal, math.ceil(min(3.0 * math.sqrt(n), n / 3.0))))


def _by_lag(apart: NDArray[np.float64], most: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Autocovariance and absolute autocorrelation of each lag up to `most`, each over the entries it has."""
    n = len(apart)
    products = np.array([apart[lag:] @ apart[: n - lag] for lag in range(most + 1)])
    ends = [
        (apart[lag + 1 :] @ apart[lag + 1 :]) * (apart[: -(lag + 1)] @ apart[: -(lag + 1)]) for lag in range(most + 1)
    ]
    return products / n, np.abs(products) / np.sqrt(np.array(ends))


def remembers(series: NDArray[np.float64]) -> bool:
    """Whether neighbours are alike beyond chance: r₁ > 1.645 / √T, one-sided 5 % where nothing is remembered."""
    apart = series - series.mean()
    spread = float(apart @ apart)
    return spread > 1e-9 and float(apart[1:] @ apart[:-1]) / spread > LAG_ONE / math.sqrt(len(series))


def weights(length: int, block: float) -> NDArray[np.float64]:
    """What the stationary bootstrap gives the autocovariance of each lag (Politis and Romano 1994, lemma 1).

    w(k) = (1 − k/T)(1 − 1/b)ᵏ + (k/T)(1 − 1/b)ᵀ⁻ᵏ
    """
    lag = np.arange(length)
    stays = 1.0 - 1.0 / block
    return np.asarray((1.0 - lag / length) * stays**lag + lag / length * stays ** (length - lag))


def variance_of_sum(series: NDArray[np.float64], block: float) -> float:
    """The variance that the stationary bootstrap gives the sum of a series of mean 0, without resampling."""
    length = len(series)
    spectrum = np.abs(np.fft.rfft(series, 2 * length)) ** 2
    products = np.fft.irfft(spectrum, 2 * length)[:length]
    weight = weights(length, block)
    return float(max(0.0, products[0] + 2.0 * (weight[1:] @ products[1:])))


def kept_share(lengths: NDArray[np.int64], total: int, block: float) -> float:
    """The share of the variance of independent seconds that is left when each stratum has lost its own mean."""
    weight = weights(total, block)
    inner = weight[0] + 2.0 * np.cumsum(np.concatenate([[0.0], weight[1:]]))
    lagged = 2.0 * np.cumsum(np.arange(total) * weight)
    lost = inner[lengths - 1] - lagged[lengths - 1] / lengths
    return float(1.0 - lost.sum() / total)
