"""How sure a difference is of two runs that the same people asked with the same luck: what they share cancels.

Seconds are the cluster, as in `statistics.seconds`: whoever asks in the same second meets the same queues and edges.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from creditstorm.analysis.agreement.margins import ALPHA, Between
from creditstorm.analysis.statistics.intervals import rank
from creditstorm.analysis.statistics.memory import block_length_s, variance_of_sum

Numbers = NDArray[np.float64]
FEWEST_BLOCKS: Final = 8.0
DRAWS: Final = 1000
_SEED: Final = 1987


@dataclass(frozen=True, slots=True)
class Sides:
    """One entry a person: hits of how many, live and simulated (0 where nobody asked), and when they first asked."""

    second: NDArray[np.int64]
    live_hits: Numbers
    live_n: Numbers
    simulated_hits: Numbers
    simulated_n: Numbers


def ratio_between(sides: Sides, alpha: float = ALPHA) -> Between | None:
    """The difference of two ratios Σ hits / Σ n, person by person; None where nobody asked on one side.

    With eᵢ = (hᵢ − R nᵢ) / N of the simulated run less that of the live one, summed a second, the variance is that of
    the stationary bootstrap, never less than Σ eᵢ², and two discordant people more: that none differed is no proof
    that none would (after Bonett and Price 2012).
    """
    live_n, simulated_n = float(sides.live_n.sum()), float(sides.simulated_n.sum())
    if not live_n or not simulated_n:
        return None
    live, simulated = float(sides.live_hits.sum()) / live_n, float(sides.simulated_hits.sum()) / simulated_n
    apart = (sides.simulated_hits - simulated * sides.simulated_n) / simulated_n
    apart = apart - (sides.live_hits - live * sides.live_n) / live_n
    second, place = np.unique(sides.second, return_inverse=True)
    series = np.bincount(place, apart, len(second)).astype(np.float64)
    block = block_of(series)
    variance = max(variance_of_sum(series, block), float(apart @ apart))
    unseen = float(stats.norm.isf(alpha)) * math.sqrt(2.0) / (len(apart) + 2)
    half = math.hypot(quantile_t(len(second), block, alpha) * math.sqrt(variance), unseen)
    return replace(around(live, simulated, half), unseen=unseen)


def around(live: float, simulated: float, half: float) -> Between:
    """The difference with as much on either side."""
    return Between(live, simulated, simulated - live - half, simulated - live + half)


def mean_between(live: Numbers, simulated: Numbers, alpha: float = ALPHA) -> Between:
    """The difference of two means over the same seconds; memory between seconds is allowed for."""
    apart = simulated - live
    centred = apart - apart.mean()
    block = block_of(centred)
    variance = max(variance_of_sum(centred, block), float(centred @ centred)) / len(apart) ** 2
    half = quantile_t(len(apart), block, alpha) * math.sqrt(variance)
    return around(float(live.mean()), float(simulated.mean()), half)


def block_of(series: Numbers) -> float:
    """The mean length of a block, by the rule of `statistics.seconds`: at least min(√T, T/8)."""
    length = len(series)
    return max(1.0, min(max(block_length_s(series), math.sqrt(length)), length / FEWEST_BLOCKS))


def quantile_t(seconds: int, block: float, alpha: float = ALPHA) -> float:
    """Student's one-sided quantile for as many independent blocks as that makes."""
    stays = (1.0 - 1.0 / block) ** 2
    return float(stats.t.isf(alpha, max(1.0, seconds * (1.0 - stays) / (1.0 + stays) - 1.0)))


@dataclass(frozen=True, slots=True)
class Spell:
    """How long requests took, and the second in which each was intended."""

    second: NDArray[np.int64]
    spent_s: Numbers


def quantile_between(live: Spell, simulated: Spell, q: float, alpha: float = ALPHA) -> Between:
    """The difference of two quantiles (nearest rank), by a stationary bootstrap of the seconds that both runs share.

    The same seconds are drawn for both, with a fixed seed: the same runs give the same interval.
    """
    seconds = int(max(live.second.max(), simulated.second.max())) + 1
    level = np.bincount(live.second, live.spent_s, seconds) / np.maximum(np.bincount(live.second, minlength=seconds), 1)
    weights = _drawn(seconds, block_of(level))
    here, there = (float(np.sort(one.spent_s)[rank(len(one.spent_s), q) - 1]) for one in (live, simulated))
    drawn = _quantiles(simulated, weights, q) - _quantiles(live, weights, q)
    low, high = np.quantile(drawn, [alpha, 1.0 - alpha])
    value = there - here
    return Between(here, there, min(float(low), value), max(float(high), value))


def _drawn(seconds: int, block: float) -> Numbers:
    """How often each second is drawn, a row a draw."""
    draws = np.random.default_rng(_SEED)
    starts = draws.integers(seconds, size=(DRAWS, seconds))
    anew = draws.random((DRAWS, seconds)) < 1.0 / block
    anew[:, 0] = True
    began = np.maximum.accumulate(np.where(anew, np.arange(seconds), 0), axis=1)
    chosen = (np.take_along_axis(starts, began, axis=1) + np.arange(seconds) - began) % seconds
    return np.stack([np.bincount(row, minlength=seconds) for row in chosen]).astype(np.float64)


def _quantiles(spell: Spell, weights: Numbers, q: float) -> Numbers:
    order = np.argsort(spell.spent_s)
    ordered, second = spell.spent_s[order], spell.second[order]
    found = np.empty(len(weights))
    for place, weight in enumerate(weights):
        reached = np.cumsum(weight[second])
        found[place] = ordered[min(len(ordered) - 1, int(np.searchsorted(reached, q * reached[-1])))]
    return found
