"""How long a series remembers, and how much that makes its sum vary: stationary bootstrap in closed form."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

LAG_ONE: Final = 1.645
"""One-sided 5 % of the standard normal distribution."""


def block_length_s(series: NDArray[np.float64]) -> float:
    """The block length of Politis and White (2004, corrected 2009), in entries; 1 where nothing varies."""
    from arch.bootstrap import optimal_block_length  # noqa: PLC0415 - a second of imports, for those who analyse only

    if len(series) < 8 or np.ptp(series) < 1e-9:
        return 1.0
    with np.errstate(divide="ignore", invalid="ignore"):  # a series with one burst has lags in which nothing varies
        found = float(optimal_block_length(series)["stationary"].iloc[0])
    return max(1.0, found) if math.isfinite(found) else 1.0


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
