"""Pairs of people, McNemar and Holm against figures known by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.analysis.statistics.intervals import over_runs
from creditstorm.analysis.statistics.paired import People, front, holm, mcnemar, paired
from creditstorm.analysis.summary import Estimate


def people(wronged: str, start: int = 0) -> People:
    """People number `start`, `start` + 1, … of whom an ``x`` was wronged."""
    numbers = np.arange(start, start + len(wronged), dtype=np.int64)
    return People(numbers, np.array([letter == "x" for letter in wronged]))


def test_the_pairs_are_counted() -> None:
    """Of eight people: two under both, three only under the first, one only under this, two under neither."""
    pair = paired("first", [(people("xxxxx..."), people("xx...x.."))])
    assert (pair.both, pair.only_first, pair.only_this, pair.people) == (2, 3, 1, 8)
    assert pair.difference.value == pytest.approx(-2 / 8)
    assert pair.correlation == pytest.approx((2 * 2 - 3 * 1) / np.sqrt(5 * 3 * 3 * 5))


def test_people_without_a_pair_are_left_out_and_counted() -> None:
    """Numbers 0–3 met the first, 2–5 this: two pairs, four without."""
    pair = paired("first", [(people("xxxx"), people("....", start=2))])
    assert (pair.people, pair.unmatched, pair.only_first) == (2, 4, 2)


def test_mcnemar_is_the_sign_test_of_the_discordant() -> None:
    """10 against 0: p = 2 · 2⁻¹⁰; 3 against 1: p = 10/16; none: p = 1."""
    assert [mcnemar(10, 0), mcnemar(3, 1), mcnemar(0, 0)] == pytest.approx([2 / 1024, 10 / 16, 1.0])


def test_holm_multiplies_the_smallest_by_their_number() -> None:
    """P of .01, .04, .03 become .03, .06, .06; one without a p stays without."""
    base = paired("first", [(people("x."), people(".."))])
    corrected = holm([replace(base, p_value=p) for p in (0.01, 0.04, None, 0.03)])
    assert [c.p_holm for c in corrected] == [pytest.approx(0.03), pytest.approx(0.06), None, pytest.approx(0.06)]
    assert [c.differs for c in corrected] == [True, False, False, False]


def test_nobody_in_common_says_nothing() -> None:
    """No pairs: no difference and no p."""
    pair = paired("first", [(people("xx"), people("xx", start=9))])
    assert (pair.difference.value, pair.p_value, pair.correlation) == (None, None, None)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_the_interval_holds_the_difference_and_stays_possible(pairs: list[tuple[bool, bool]]) -> None:
    """Low ≤ the adjusted difference ≤ high, all within ±1, and the cells add up to the people."""
    numbers = np.arange(len(pairs), dtype=np.int64)
    first, this = (People(numbers, np.array(column)) for column in zip(*pairs, strict=True))
    pair = paired("first", [(first, this)])
    difference = pair.difference
    assert difference.low is not None
    assert difference.high is not None
    assert -1.0 <= difference.low <= (pair.only_this - pair.only_first) / (len(pairs) + 2) <= difference.high <= 1.0
    assert pair.both + pair.only_first + pair.only_this <= pair.people == len(pairs)


def test_one_run_keeps_its_own_interval() -> None:
    """One episode stays one episode."""
    one = Estimate(0.2, 0.1, 0.3, 50, "Wilson 95 %")
    assert over_runs([one]) == one


def test_several_runs_are_one_figure_each() -> None:
    """Runs at 10, 20 and 30 %: mean 20 %, t₂ = 4.303, half width 4.303 · 10 / √3 = 24.8 points, cut at 0."""
    told = over_runs([Estimate(share, None, None, 900, "") for share in (0.1, 0.2, 0.3)])
    assert (told.value, told.low, told.n) == (pytest.approx(0.2), 0.0, 3)
    assert told.high == pytest.approx(0.2 + 4.30265 * 0.1 / np.sqrt(3), abs=1e-5)


def test_a_run_without_a_figure_leaves_none() -> None:
    """Half of the runs is no mean of the runs."""
    assert over_runs([Estimate(0.1, None, None, 9, ""), Estimate(None, None, None, 0, "")]).value is None


def test_the_front_of_four() -> None:
    """(1, 3), (2, 2) and (3, 1) trade one for the other; (3, 3) is beaten, and so is a tie with one worse count."""
    assert front([(1, 3), (2, 2), (3, 1), (3, 3), (2, 2.5)]) == (True, True, True, False, False)


def test_equals_stand_together_and_a_missing_figure_stands_nowhere() -> None:
    """Two policies with the same figures are both on the front; one without a figure neither is nor beats."""
    assert front([(1, 1), (1, 1), (None, 0)]) == (True, True, False)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1))
def test_there_is_a_front_and_everybody_else_is_beaten_by_it(points: list[tuple[float, float]]) -> None:
    """Never empty; whoever is off it has somebody on it who is as good on both counts."""
    on = [point for point, is_on in zip(points, front(points), strict=True) if is_on]
    assert on
    assert all(any(a <= x and b <= y for a, b in on) for x, y in points)
