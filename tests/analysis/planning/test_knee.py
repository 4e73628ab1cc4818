"""The knee of a curve is where it turns steep, and nothing is one that seeds or steps do not show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from creditstorm.analysis.planning.knee import knee_of

X = list(np.linspace(0.0, 3.0, 13))


def curves(shape: Callable[[float], float], seed: int, *, noise: float = 0.004, seeds: int = 5) -> list[list[float]]:
    """One curve a seed, each with a level of its own."""
    draws = np.random.default_rng(seed)
    return [[shape(x) + float(draws.normal(0.0, noise)) for x in X] for _ in range(seeds)]


def test_a_knee_between_flat_and_steep_is_found_and_held() -> None:
    """In at least 18 of 20 sets of seeds the interval holds the truth, and the middle is near it."""
    found = [knee_of(X, curves(lambda x: 0.02 + 0.2 * max(0.0, x - 1.4), seed)) for seed in range(20)]
    held = sum(one is not None and one.low is not None and one.low <= 1.4 <= (one.high or 0.0) for one in found)
    assert held >= 18
    assert max(abs(one.at - 1.4) for one in found if one) < 0.2


def test_of_an_s_the_beginning_is_the_knee() -> None:
    """Flat, steep, flat: where it levels off is none."""
    found = knee_of(X, curves(lambda x: min(0.4, max(0.0, x - 1.0) * 0.4), 3))
    assert found is not None
    assert found.at == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize("shape", [lambda _: 0.02, lambda x: 0.1 * x], ids=["flat", "straight"])
def test_a_straight_line_has_none(shape: Callable[[float], float]) -> None:
    """In at least 18 of 20 sets of seeds."""
    assert sum(knee_of(X, curves(shape, seed)) is None for seed in range(20)) >= 18


def test_a_knee_is_never_surer_than_the_steps() -> None:
    """Without noise it holds the swept values on both sides; of one seed there is no interval."""
    shape = [0.2 * max(0.0, x - 1.4) for x in X]
    sure, one = knee_of(X, [shape] * 3), knee_of(X, [shape])
    assert sure is not None
    assert one is not None
    assert (sure.low, sure.high) == (1.25, 1.5)
    assert (one.low, one.high) == (None, None)


def test_the_interval_is_as_wide_as_the_seeds_differ() -> None:
    """Jackknife over three seeds, each with its own clear knee: the joint ± t₀.₉₇₅,₂ times its standard error."""
    bends = (1.3, 1.4, 1.5)
    curves_of = [[max(0.0, x - bend) for x in X] for bend in bends]
    found = knee_of(X, curves_of)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    without = [knee_of(X, [curve for other, curve in enumerate(curves_of) if other != left]) for left in range(3)]
    at = np.array([one.at for one in without if one is not None])
    half = stats.t.ppf(0.975, 2) * np.sqrt(2 / 3 * ((at - at.mean()) ** 2).sum())
    assert (found.low, found.high) == pytest.approx((max(0.0, found.at - half), min(3.0, found.at + half)), abs=1e-9)


def test_over_ratios_and_gaps_and_few_points() -> None:
    """With log the pieces are straight over ln x; a curve with a gap is left out; five points are too few."""
    along = list(np.geomspace(0.01, 10.0, 13))
    found = knee_of(along, [[max(0.0, float(np.log(x))) for x in along]], log=True)
    assert found is not None
    assert found.at == pytest.approx(1.0, rel=0.3)
    assert knee_of(X, [[None] * 13]) is None
    assert knee_of(X[:5], [[0.0, 0.0, 0.0, 1.0, 2.0]]) is None


def test_a_curve_without_any_rise_has_none() -> None:
    """Also where no seed differs from another: there is no noise to measure a bend by."""
    assert knee_of(X, [[0.02] * len(X)] * 2) is None
