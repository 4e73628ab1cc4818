"""False flips: people who were approved, still deserve it, and are refused because a score was read with noise.

The remedy is a rule with hysteresis: whoever was approved before is refused only below the cut-off minus h. With noise
of standard deviation σ and density f(cut) of true scores, false flips per evaluation are about

    f(cut) · σ · Λ(h / σ),    Λ(z) = φ(z) − z · (1 − Φ(z))

(DOMAIN section 5), which is ∫₀^∞ f(cut) · Φ(−(x + h) / σ) dx over the margin x of those who deserve credit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

REACH: Final = 9.0
"""Standard deviations beyond which noise takes nobody: Φ(−9) is 1e-19."""


def loss(z: float) -> float:
    """Λ(z), the unit normal loss: by how much a standard normal number exceeds z on average."""
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) - z * _tail(z)


def expected_rate(density: float, *, sigma: float, h: float) -> float:
    """False flips per evaluation by the formula, from the density of true scores at the cut-off (per point)."""
    return density * sigma * loss(h / sigma)


def density_at(scores: NDArray[np.float64], cut_off: float, *, within: float) -> float:
    """The density of scores at the cut-off per point: the share of people within so many points, either side."""
    return float(np.count_nonzero(np.abs(scores - cut_off) < within)) / len(scores) / (2.0 * within)


def approved_again(
    scores: NDArray[np.float64], before: NDArray[np.bool_], *, cut_off: float, h: float
) -> NDArray[np.bool_]:
    """The rule: approved at the cut-off, and who was approved before also down to `h` points below it."""
    return (scores >= cut_off) | (before & (scores >= cut_off - h))


def false_flip_rate(scores: NDArray[np.float64], *, cut_off: float, sigma: float, h: float) -> float:
    """False flips per evaluation of these people, with the noise averaged out exactly.

    Each person counts with the probability that noise takes them below `cut_off` − `h`, not with one draw of it
    (Rao–Blackwell). What is left is the chance of who lives near the cut-off: of a million people thousands do, where
    draws at h = 2σ would make a few hundred flips, whose count alone is uncertain by 5 %.
    """
    deserving = scores[(scores >= cut_off) & (scores < cut_off - h + REACH * sigma)]
    return math.fsum(_tail((score - cut_off + h) / sigma) for score in deserving.tolist()) / len(scores)


def kept_rate(scores: NDArray[np.float64], *, cut_off: float, h: float) -> float:
    """The price: the share of people who lie below the cut-off and stay approved if they were so before, f(cut) · h."""
    return float(np.count_nonzero((scores < cut_off) & (scores >= cut_off - h))) / len(scores)


def _tail(z: float) -> float:
    return 0.5 * math.erfc(z / math.sqrt(2.0))
