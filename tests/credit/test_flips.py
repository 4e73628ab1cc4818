"""The law of hysteresis, on a million people: h = σ and 2σ cut false flips by 4.8 and 47 times."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from creditstorm.credit.applicants import Population
from creditstorm.credit.keyed import Keyed
from creditstorm.credit.strategy import Strategy
from creditstorm.credit.truth import truths_of
from tests.credit.flips import approved_again, density_at, expected_rate, false_flip_rate, kept_rate, loss

SEED = 20261111
MANY = 1_000_000
SIGMA = 8.0
"""Points: the mean swing of the attribute bug that the field knows."""
CUT_OFF = Strategy().cut_off


@cache
def scores() -> NDArray[np.float64]:
    """The true scores of a million people."""
    return truths_of(Population(SEED, 10**8), np.arange(MANY, dtype=np.uint64), Strategy()).score


def rate(h: float) -> float:
    """False flips per evaluation of the million."""
    return false_flip_rate(scores(), cut_off=CUT_OFF, sigma=SIGMA, h=h)


@pytest.mark.parametrize(("h", "times"), [(SIGMA, 4.8), (2 * SIGMA, 47.0)])
def test_hysteresis_cuts_false_flips(h: float, times: float) -> None:
    """One standard deviation of hysteresis cuts them by 4.8 times, two by 47, within 5 %."""
    assert rate(0.0) / rate(h) == pytest.approx(times, rel=0.05)


@pytest.mark.parametrize("h", [0.0, SIGMA / 2, SIGMA, 2 * SIGMA])
def test_false_flips_follow_the_formula(h: float) -> None:
    """Per evaluation they are f(cut) · σ · Λ(h/σ), with the density counted among the people, within 5 %."""
    density = density_at(scores(), CUT_OFF, within=SIGMA)
    assert density == pytest.approx(0.00617, rel=0.05)
    assert rate(h) == pytest.approx(expected_rate(density, sigma=SIGMA, h=h), rel=0.05)


@pytest.mark.parametrize("h", [0.0, SIGMA, 2 * SIGMA])
def test_the_rule_itself_flips_as_many(h: float) -> None:
    """Four noisy readings of everybody through the rule flip as many as expected, within 4 standard errors."""
    right = scores() >= CUT_OFF
    luck = np.random.Generator(np.random.Philox(key=Keyed(SEED, "noise").bits()))
    flips = 0
    for _ in range(4):
        noisy = scores() + SIGMA * luck.standard_normal(MANY)
        flips += int(np.count_nonzero(right & ~approved_again(noisy, right, cut_off=CUT_OFF, h=h)))
    expected = 4 * MANY * rate(h)
    assert abs(flips - expected) < 4 * expected**0.5


def test_the_price_is_who_stays_approved_below_the_cut_off() -> None:
    """8 and 16 points of hysteresis may keep 4.9 % and 9.9 % of people approved who would not be, within 10 %."""
    kept = [kept_rate(scores(), cut_off=CUT_OFF, h=h) for h in (0.0, 8.0, 16.0)]
    assert kept[0] == 0.0
    assert kept[1:] == pytest.approx([0.049, 0.099], rel=0.1)


def test_the_loss_has_its_known_values() -> None:
    """Λ at 0, ½, 1, 2 and 3, from a table of the unit normal loss."""
    assert [loss(z) for z in (0.0, 0.5, 1.0, 2.0, 3.0)] == pytest.approx(
        [0.39894, 0.19780, 0.08332, 0.00849, 0.00038], abs=6e-6
    )


@given(st.floats(300.0, 800.0), st.booleans(), st.floats(0.0, 50.0), st.floats(0.0, 50.0))
def test_more_hysteresis_refuses_no_one_more(score: float, before: bool, less: float, more: float) -> None:
    """A wider band approves whoever a narrower one does, and nobody new: only who was approved before."""
    less, more = sorted((less, more))
    was = np.array([before])
    narrow, wide = (approved_again(np.array([score]), was, cut_off=CUT_OFF, h=h).item() for h in (less, more))
    assert wide >= narrow
    assert before or wide == (score >= CUT_OFF)
