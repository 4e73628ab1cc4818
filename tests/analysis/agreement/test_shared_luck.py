"""How sure a difference is of two runs with the same people: against what is known, and over many draws."""

from __future__ import annotations

import numpy as np
import pytest
from creditstorm.analysis.agreement.margins import Between
from creditstorm.analysis.agreement.shared_luck import Sides, Spell, mean_between, quantile_between, ratio_between

PEOPLE = 600
SECONDS = 40


def sides(live: np.ndarray, simulated: np.ndarray) -> Sides:
    """People who ask once each, evenly over the seconds."""
    ones = np.ones(len(live))
    second = np.arange(len(live)) * SECONDS // len(live)
    return Sides(second, live.astype(float), ones, simulated.astype(float), ones)


def found(one: Sides) -> Between:
    """The difference, which there is."""
    between = ratio_between(one)
    assert between is not None
    return between


def test_who_fares_the_same_in_both_cancels() -> None:
    """Half of the people are wronged, the same ones: only that none differed of so few is left to doubt."""
    hit = np.arange(PEOPLE) % 2 == 0
    between = found(sides(hit, hit))
    assert between.high == pytest.approx(-between.low)
    assert 0.001 < between.high < 0.006


def test_few_people_who_agree_prove_little() -> None:
    """Thirty without a difference leave 7 pp open."""
    assert found(sides(np.zeros(30), np.zeros(30))).high > 0.05


def test_people_of_one_run_only_count_there() -> None:
    """A person who never asked in the simulated run is in its denominator neither."""
    one = Sides(np.arange(4), np.array([1.0, 0, 0, 0]), np.ones(4), np.zeros(4), np.array([0.0, 1, 1, 1]))
    between = found(one)
    assert (between.live, between.simulated) == (0.25, 0.0)


def test_nobody_on_one_side_is_no_difference() -> None:
    """It cannot be told."""
    assert ratio_between(Sides(np.arange(2), np.ones(2), np.ones(2), np.zeros(2), np.zeros(2))) is None


def test_the_interval_holds_the_true_difference_in_nine_of_ten() -> None:
    """People differ by chance between the runs, the true rates do not: 400 seeded draws."""
    draws = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        shared = draws.random(PEOPLE) < 0.3
        live, simulated = (np.where(draws.random(PEOPLE) < 0.1, ~shared, shared) for _ in range(2))
        between = found(sides(live, simulated))
        held += between.low <= 0.0 <= between.high
    assert held >= 350


def test_a_mean_shifted_by_a_constant_is_sure() -> None:
    """What varies in both alike is no doubt."""
    level = np.sin(np.arange(60.0))
    between = mean_between(level, level + 0.1)
    assert (between.low, between.high) == pytest.approx((0.1, 0.1))


def test_a_quantile_shifted_by_a_constant_is_sure() -> None:
    """The same seconds are drawn for both."""
    draws = np.random.default_rng(3)
    second, spent = draws.integers(30, size=3000), draws.lognormal(-1.0, 0.5, 3000)
    between = quantile_between(Spell(second, spent), Spell(second, spent + 0.02), 0.9)
    assert between.low == pytest.approx(0.02)
    assert between.high == pytest.approx(0.02)


def test_a_quantile_of_other_people_is_unsure() -> None:
    """Of independent answers the interval is that of their own chance, and it is the same the next time."""
    draws = np.random.default_rng(3)
    second = np.sort(draws.integers(30, size=1000))
    one, other = (Spell(second, draws.lognormal(-1.0, 0.5, 1000)) for _ in range(2))
    between = quantile_between(one, other, 0.9)
    assert between.high - between.low > 0.03
    assert between == quantile_between(one, other, 0.9)
