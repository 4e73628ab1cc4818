"""How often calm alone carries a cumulative sum to a height: exactly, as a Markov chain (Brook and Evans 1972).

A sum that moves by whole numbers stands on one of the levels 0 … height − 1, and each second leads from one to another
by what Poisson many bad answers add and Poisson many good ones take. A cycle begins at 0 and ends with the second that
leads below 0, where it begins again, or to the height, which is an alarm. Let q(k) be the mean seconds of a cycle at
level k. Then alarms a second are the share of cycles that end with one over the length of a cycle:

    Σ q(k) P(step ≥ height − k)  /  Σ q(k)        q(j) = [j = 0] + Σ q(k) P(step = j − k)

The equations are Toeplitz, so that q for one level more follows from q before (Levinson 1947), and of terms that are
all positive: nothing cancels, and a rate of one in a day is as exact as one of a thousand.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

_ROUGH: Final = 0.005
_SHRINK: Final = 0.995
_TAIL_SD: Final = 9.0
_TAIL_COUNTS: Final = 30
"""A count so many standard deviations off its mean, and so many more, comes less than once in 10¹⁵ seconds."""
_AT_ONCE: Final = 1 << 20
"""Pairs of a count of bad ones and a move that are looked at in one go: memory is bounded at any rate."""
_REMEMBERED: Final = 4_000


@dataclass(frozen=True, slots=True)
class Steps:
    """What a bad answer adds to a sum, and what a good one takes from it, at least 1 each."""

    up: int
    down: int


@lru_cache(_REMEMBERED)
def whole_steps(calm: float, risen: float) -> Steps:
    """The smallest whole numbers whose proportion is within .5 % of that of the log-likelihood ratios of an answer."""
    of_bad, of_good = math.log(risen / calm), math.log((1.0 - calm) / (1.0 - risen))
    small, large = sorted((of_bad, of_good))
    for parts in count(1):
        many = round(parts * large / small)
        if abs(many * small / (parts * large) - 1.0) <= _ROUGH:
            break
    return Steps(many, parts) if of_bad > of_good else Steps(parts, many)


def enough(calm: float, steps: Steps, rare: float) -> int:
    """A height that calm reaches less often than once in `rare` seconds, whatever its rate.

    Where E exp(θ step) ≤ 1, an excursion reaches h with a probability of e^(−θh) at most, and there is at most one
    excursion a second (Wald 1944).
    """
    theta = -math.log(calm) / steps.up
    while calm * math.exp(theta * steps.up) + (1.0 - calm) * math.exp(-theta * steps.down) > 1.0:
        theta *= _SHRINK
    return math.ceil(math.log(rare) / theta)


def alarm_rates(calm: float, per_second: float, steps: Steps, most: int) -> Iterator[float]:
    """Alarms a second of such a calm at the heights 1, 2, … `most`, counted from 0 to the height each time.

    While an alarm is on there can be no other, so that a run raises even a little fewer. ValueError without a rate.
    """
    if per_second <= 0.0:
        raise ValueError(f"expected somebody to ask, got {per_second} a second")
    up, down, beyond = _of_a_second(calm * per_second, (1.0 - calm) * per_second, steps, most)
    first = last = np.full(1, 1.0 / (1.0 - up[0]))
    for height in range(1, most + 1):
        # `first` is q; `last` is the same of a cycle that begins at the highest level.
        yield float(first @ beyond[height:0:-1] / first.sum())
        rises, falls = float(first @ up[height:0:-1]), float(last @ down[1 : height + 1])
        share = 1.0 / (1.0 - rises * falls)
        longer, later = np.zeros(height + 1), np.zeros(height + 1)
        longer[:-1], later[1:] = first, last
        first, last = share * (longer + rises * later), share * (later + falls * longer)


def _of_a_second(
    bad: float, good: float, steps: Steps, most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """P(step = d), P(step = −d) and P(step ≥ d) for d from 0 to `most`."""
    (least_bad, of_bad), (least_good, of_good) = _poisson(bad), _poisson(good)
    at_most = np.cumsum(of_good)
    moves = np.arange(-most, most + 1)
    exact, beyond = np.zeros(len(moves)), np.zeros(len(moves))
    rows = max(1, _AT_ONCE // len(moves))
    for begin in range(0, len(of_bad), rows):
        part = of_bad[begin : begin + rows]
        # So much of what the bad ones add is to be taken by good ones.
        over = steps.up * (least_bad + begin + np.arange(len(part)))[:, None] - moves
        takers, rest = np.divmod(over, steps.down)
        takers -= least_good
        known = np.clip(takers, 0, len(of_good) - 1)
        exact += part @ np.where((rest == 0) & (takers == known), of_good[known], 0.0)
        beyond += part @ np.where(takers >= 0, at_most[known], 0.0)
    return exact[most:], exact[most::-1], beyond[most:]


def _poisson(mean: float) -> tuple[int, NDArray[np.float64]]:
    """The least count that is anything to speak of, and the probabilities from there on until nothing is."""
    far = _TAIL_SD * math.sqrt(mean) + _TAIL_COUNTS
    counts = np.arange(max(0, math.floor(mean - far)), math.ceil(mean + far))
    return int(counts[0]), np.asarray(np.exp(xlogy(counts, mean) - mean - gammaln(counts + 1)))
