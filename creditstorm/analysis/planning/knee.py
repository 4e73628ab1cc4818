"""The knee of a curve: where it turns from flat to steep, with what another set of seeds would make of it.

Straight pieces that join (segmented regression), none to two joints, fitted to the mean of the seeds by least squares;
how many joints the Bayesian information criterion says, with the noise that the seeds show. The knee is the joint at
which the curve gets most steeper. Its interval is the jackknife's over seeds (each seed is a whole curve, because all
points share its people and luck), and never narrower than the steps of the sweep around it: between two values that
were swept, nothing was seen.

Libraries were looked at: `kneed` picks one of the swept values by curvature and has no interval; `piecewise-regression`
and `pwlf` start at random and take the points for independent, which points that share their seeds are not.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from creditstorm.analysis.statistics.intervals import ALPHA

Floats = NDArray[np.float64]
MOST_JOINTS: Final = 2
FEWEST_POINTS: Final = 6
"""Fewer cannot tell two straight pieces from noise."""
_PLACES: Final = 49
"""Where a joint may lie, of the whole range."""
_BEND: Final = 0.01
"""A departure from straight below this share of the whole rise is no bend."""


@dataclass(frozen=True, slots=True)
class Knee:
    """Where the curve turns steep, in the unit of the axis; `low` and `high` hold it with 95 %, None for one seed."""

    at: float
    low: float | None
    high: float | None
    seeds: int
    method: str = "joint of straight pieces, jackknife over seeds, t 95 %, at least the steps beside it"


def knee_of(x: Sequence[float], curves: Sequence[Sequence[float | None]], *, log: bool = False) -> Knee | None:
    """The knee of curves over the same x, one a seed; None where there is none, or too few points for one.

    With `log` the pieces are straight over ln x. A curve with a gap is left out.
    """
    whole = np.array([curve for curve in curves if None not in curve], dtype=np.float64)
    if len(x) < FEWEST_POINTS or not len(whole) or (log and min(x) <= 0):
        return None
    along = np.log(np.asarray(x)) if log else np.asarray(x, dtype=np.float64)
    joints = _fitted(along, whole.mean(axis=0), _noise(whole))
    at = _steepening(along, whole.mean(axis=0), joints)
    if at is None:
        return None
    low, high = _interval(along, whole, at, len(joints))
    back = math.exp if log else float
    if low is None or high is None:
        return Knee(back(at), None, None, len(whole))
    return Knee(back(at), back(low), back(high), len(whole))


def _noise(curves: Floats) -> float:
    """The standard error of a mean over seeds, pooled over the points; at least what no eye would call a bend."""
    mean = curves.mean(axis=0)
    least = max(_BEND * float(np.ptp(mean)), 1e-12)
    if len(curves) < 2:
        return least
    return max(least, math.sqrt(float(curves.var(axis=0, ddof=1).mean()) / len(curves)))


def _fitted(x: Floats, y: Floats, noise: float) -> tuple[float, ...]:
    """The joints of the best fit, by the Bayesian information criterion."""
    fits = [_best(x, y, joints) for joints in range(MOST_JOINTS + 1) if len(x) >= 3 + 2 * joints]
    cost = [rss / noise**2 + 2 * len(joints) * math.log(len(x)) for rss, joints in fits]
    return fits[int(np.argmin(cost))][1]


def _best(x: Floats, y: Floats, joints: int) -> tuple[float, tuple[float, ...]]:
    """The least sum of squares with so many joints, and where they are."""
    places = np.linspace(x[0], x[-1], _PLACES + 2)[1:-1]
    options = (tuple(map(float, option)) for option in itertools.combinations(places, joints))
    found = [(_rss(x, y, option), option) for option in options if _apart(x, option)]
    return min(found, default=(math.inf, ()))


def _apart(x: Floats, joints: tuple[float, ...]) -> bool:
    """Whether every piece has a swept value of its own inside."""
    ends = (x[0] - 1.0, *joints, x[-1] + 1.0)
    return all(bool(((x > left) & (x < right)).any()) for left, right in itertools.pairwise(ends))


def _pieces(x: Floats, joints: tuple[float, ...]) -> Floats:
    return np.column_stack([np.ones_like(x), x, *(np.maximum(0.0, x - joint) for joint in joints)])


def _rss(x: Floats, y: Floats, joints: tuple[float, ...]) -> float:
    pieces = _pieces(x, joints)
    rest = y - pieces @ np.linalg.lstsq(pieces, y, rcond=None)[0]
    return float(rest @ rest)


def _steepening(x: Floats, y: Floats, joints: tuple[float, ...]) -> float | None:
    """The joint at which the slope grows most, whatever its sign; None where it only flattens."""
    if not joints:
        return None
    slopes = np.cumsum(np.linalg.lstsq(_pieces(x, joints), y, rcond=None)[0][1:])
    growth = np.abs(slopes[1:]) - np.abs(slopes[:-1])
    most = int(np.argmax(growth))
    return joints[most] if growth[most] > 0 else None


def _interval(x: Floats, curves: Floats, at: float, joints: int) -> tuple[float | None, float | None]:
    seeds = len(curves)
    if seeds < 2:
        return None, None
    without = [np.delete(curves, seed, axis=0).mean(axis=0) for seed in range(seeds)]
    found = [_steepening(x, mean, _best(x, mean, joints)[1]) for mean in without]
    if None in found:
        return float(x[0]), float(x[-1])  # without one seed there is no knee: it may be anywhere
    spread = math.sqrt((seeds - 1) / seeds * float(np.var(np.array(found, dtype=np.float64)) * seeds))
    half = float(stats.t.ppf(1.0 - ALPHA / 2, seeds - 1)) * spread
    before, after = x[x < at].max(), x[x > at].min()
    return max(float(x[0]), min(at - half, float(before))), min(float(x[-1]), max(at + half, float(after)))
