"""The search for the edge: lenders whose chance to pass is known, and whose edge is found."""

from __future__ import annotations

import math
import random

import pytest
from creditstorm.analysis.planning.passing import Belief, Tried


def chance(rate_hz: float, edge_hz: float, spread: float) -> float:
    """Of a lender with this edge to pass at a rate."""
    return 1.0 / (1.0 + math.exp((math.log(rate_hz) - math.log(edge_hz)) / spread))


def searched(edge_hz: float, spread: float, seed: int, *, runs: int = 60, width: float = 0.1) -> Belief:
    """What is believed after asking such a lender, two runs at a time."""
    rng = random.Random(seed)
    tried = [Tried(20.0, passed=True), Tried(20.0, passed=True)]
    while len(tried) < runs:
        now = Belief(tuple(tried), 20.0, 5000.0)
        if not all(one.passed for one in tried) and now.width <= width:
            break
        tried += [Tried(rate, rng.random() < chance(rate, edge_hz, spread)) for rate in now.next_rates(2)]
    return Belief(tuple(tried), 20.0, 5000.0)


@pytest.mark.parametrize(("edge_hz", "spread"), [(60.0, 0.01), (1240.0, 0.02), (300.0, 0.05)])
def test_the_interval_holds_the_rate_that_passes(edge_hz: float, spread: float) -> None:
    """Of 30 searches at least 25 intervals hold the rate at which 95 % pass, and all are near it."""
    true_hz = edge_hz * math.exp(-spread * math.log(0.95 / 0.05))
    found = [searched(edge_hz, spread, seed) for seed in range(30)]
    held = sum(1 for one in found if one.interval_hz[0] <= true_hz <= one.interval_hz[1])
    assert held >= 25
    assert all(one.held_hz == pytest.approx(true_hz, rel=0.25) for one in found)
    assert all(one.interval_hz[0] <= one.held_hz <= one.interval_hz[1] for one in found)


def test_a_sharp_edge_takes_few_runs() -> None:
    """Doubling up to it, then halving."""
    assert len(searched(700.0, 0.005, 1).tried) <= 50


def test_rates_stay_in_the_range() -> None:
    """Nothing is asked about that nobody wanted to know."""
    some = searched(4900.0, 0.02, 3)
    assert all(20.0 <= one.rate_hz <= 5000.0 for one in some.tried)
    assert all(20.0 <= rate <= 5000.0 for rate in some.next_rates(6))
