"""Whether size matters, and where a new run will lie."""

from __future__ import annotations

import numpy as np
import pytest
from creditstorm.analysis.planning.doubling import Sameness, _chance, doubling, new_run


@pytest.mark.parametrize(
    ("smaller", "largest", "sameness"),
    [
        ([0.30, 0.31, 0.29, 0.30], [0.30, 0.31, 0.29, 0.30], Sameness.SAME),
        ([0.40, 0.41, 0.39, 0.40], [0.30, 0.31, 0.29, 0.30], Sameness.DIFFERENT),
        ([0.20, 0.21, 0.19, 0.20], [0.30, 0.31, 0.29, 0.30], Sameness.DIFFERENT),
        ([0.10, 0.60, 0.20, 0.30], [0.30, 0.31, 0.29, 0.30], Sameness.UNSHOWN),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], Sameness.SAME),
        ([1.0, 1.0, 1.0], [0.5, 0.5, 0.5], Sameness.DIFFERENT),
        ([0.015, 0.015, 0.015], [0.0, 0.0, 0.0], Sameness.SAME),
    ],
)
def test_sizes_are_the_same_different_or_neither(
    smaller: list[float], largest: list[float], sameness: Sameness
) -> None:
    """Within two points or 15 %, beyond that, or not shown."""
    assert doubling(1, smaller, largest).sameness is sameness


def test_sizes_that_differ_by_the_margin_seldom_pass() -> None:
    """At the margin at most one of twenty."""
    drawn = np.random.default_rng(5)
    passed = sum(
        doubling(1, drawn.normal(0.36, 0.02, 5), drawn.normal(0.30, 0.01, 5)).sameness is Sameness.SAME
        for _ in range(2_000)
    )
    assert passed <= 0.08 * 2_000


def test_a_new_run_lies_within_95_of_100_intervals() -> None:
    """Where size does nothing: the interval, drift allowed for, holds at least as often as it says."""
    drawn = np.random.default_rng(8)
    inside = 0
    for _ in range(1_000):
        shares = {size: drawn.normal(0.3, 0.02, 4) for size in (1, 2, 4)}
        found = new_run(shares, people=10**6, k=200.0)
        inside += found.low <= drawn.normal(0.3, 0.02) <= found.high
    assert inside >= 950


def test_what_shrinks_with_the_root_of_size_is_within() -> None:
    """A share of .2 + .04 / √size is forecast for 200 cells from 1, 2 and 4 of them."""
    drawn = np.random.default_rng(8)
    inside = 0
    for _ in range(500):
        shares = {size: 0.2 + 0.04 / size**0.5 + drawn.normal(0, 0.003, 4) for size in (1, 2, 4)}
        found = new_run(shares, people=10**6, k=200.0)
        inside += found.low <= 0.2 + 0.04 / 200**0.5 + drawn.normal(0, 0.003) <= found.high
    assert inside >= 475


def test_runs_all_alike_leave_open_what_chance_does() -> None:
    """Nobody of 1,000 is no proof of nobody, and everybody none of everybody."""
    nobody = new_run({1: [0.0] * 3, 2: [0.0] * 3, 4: [0.0] * 3}, people=1_000, k=100.0)
    assert (nobody.value, nobody.low) == (0.0, 0.0)
    assert nobody.high == pytest.approx(0.00368, abs=1e-4)
    everybody = new_run({1: [1.0] * 3, 2: [1.0] * 3, 4: [1.0] * 3}, people=1_000, k=100.0)
    assert everybody.high == 1.0
    assert everybody.low == pytest.approx(1 - 0.00368, abs=1e-4)


def test_a_count_is_the_share_of_so_many() -> None:
    """Middle and both ends."""
    share = new_run({1: [0.1, 0.12, 0.11], 4: [0.1, 0.12, 0.11]}, people=10**4, k=10.0)
    count = share.times(1_000.0)
    assert (count.value, count.low, count.high) == (share.value * 1e3, share.low * 1e3, share.high * 1e3)


def test_the_interval_of_a_new_run_is_the_one_of_the_formula() -> None:
    """Four times a size and four times the largest: half as much again is to come of what went from size 1 to 4."""
    small, large = [0.30, 0.32, 0.34], [0.20, 0.21, 0.22]
    found = new_run({1: small, 4: large}, people=10**9, k=16.0)
    # goes on: (1/2 − 1/4) / (1 − 1/2) = 1/2; s² of large .0001, of small .0004; t of 2 at 97.5 % is 4.3027.
    half, drift = 4.3027 * np.sqrt(1e-4 * 4 / 3), 0.5 * (0.21 - 0.32)
    further = 4.3027 * np.sqrt(1e-4 * (1 + 1.5**2 / 3) + 0.25 * 4e-4 / 3)
    assert (found.value, found.high) == pytest.approx((0.21, 0.21 + half), abs=1e-6)
    assert found.low == pytest.approx(0.21 + drift - further, abs=1e-6)


def test_less_than_one_hit_is_still_more_than_none() -> None:
    """A share of .0005 of 1,000 people has a lower bound of its own, as one of .002 has."""
    assert 0.0 < _chance(0.0005, 1_000.0)[0] < _chance(0.002, 1_000.0)[0] < 0.002
