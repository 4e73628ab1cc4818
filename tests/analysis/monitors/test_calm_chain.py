"""How often calm reaches a height: by hand where it can be said by hand, by dense equations, and by counting."""

from __future__ import annotations

import math
import tracemalloc
from itertools import islice

import numpy as np
import pytest
from scipy.stats import poisson
from creditstorm.analysis.monitors.calm_chain import Steps, alarm_rates, enough, whole_steps
from creditstorm.analysis.monitors.cusum import Cusum, excursions

CALMS = [(0.35, 40.0, Steps(3, 2)), (0.001, 80.0, Steps(77, 1)), (0.7, 2.0, Steps(6, 17)), (0.03, 300.0, Steps(20, 1))]


def rate_at(calm: float, per_second: float, steps: Steps, height: int) -> float:
    """Alarms a second at one height."""
    return next(islice(alarm_rates(calm, per_second, steps, height), height - 1, None))


def test_at_the_lowest_height_any_step_up_is_an_alarm() -> None:
    """There is only the level 0 to stand on: P(bad > good) a second, of Poisson many each."""
    bad, good = 3.0, 7.0
    ways = sum(poisson.pmf(up, bad) * poisson.pmf(down, good) for up in range(1, 80) for down in range(80) if up > down)
    assert rate_at(0.3, 10.0, Steps(1, 1), 1) == pytest.approx(ways, rel=1e-12)


@pytest.mark.parametrize(("calm", "per_second", "steps"), CALMS)
def test_it_is_the_chain_written_out(calm: float, per_second: float, steps: Steps) -> None:
    """All levels and every step between them, solved as one dense system: one alarm in the time to the first."""
    height = 2 * steps.up + 5
    counts = np.arange(2_000)
    bad, good = (poisson.pmf(counts, per_second * share) for share in (calm, 1.0 - calm))
    some = np.flatnonzero(bad > 1e-18), np.flatnonzero(good > 1e-18)
    moves = np.subtract.outer(steps.up * some[0], steps.down * some[1]).ravel()
    likely = np.outer(bad[some[0]], good[some[1]]).ravel()
    leads = np.zeros((height, height))
    for level in range(height):
        to = np.maximum(level + moves, 0)
        leads[level] = np.bincount(to[to < height], likely[to < height], minlength=height)
    first_s = np.linalg.solve(np.eye(height) - leads, np.ones(height))[0]
    assert rate_at(calm, per_second, steps, height) == pytest.approx(1.0 / first_s, rel=1e-6)


@pytest.mark.parametrize(("calm", "risen", "per_second"), [(0.35, 0.45, 40.0), (0.005, 0.055, 300.0), (0.1, 0.15, 5.0)])
def test_calm_that_is_drawn_reaches_a_height_as_often(calm: float, risen: float, per_second: float) -> None:
    """Some 300 alarms of 300,000 s of calm, within four standard deviations."""
    steps, seconds = whole_steps(calm, risen), 300_000
    rates = alarm_rates(calm, per_second, steps, 5_000)
    height, rate = next((height, rate) for height, rate in enumerate(rates, start=1) if rate <= 1e-3)
    rng = np.random.default_rng(3)
    bad, good = (rng.poisson(per_second * share, seconds) for share in (calm, 1.0 - calm))
    peaks = excursions(Cusum(calm, risen, height, math.nan).steps(bad, bad + good))
    expected = rate * seconds
    assert abs(int((peaks >= height).sum()) - expected) < 4.0 * math.sqrt(expected)


@pytest.mark.parametrize(("calm", "risen"), [(0.35, 0.45), (0.0005, 0.0505), (0.7, 0.778), (0.9, 0.95), (0.5, 0.6)])
def test_whole_steps_weigh_answers_as_likelihood_does(calm: float, risen: float) -> None:
    """Within .5 %, and so small that a height has some hundreds of levels: nothing is to be reduced."""
    steps = whole_steps(calm, risen)
    exact = math.log(risen / calm) / math.log((1.0 - calm) / (1.0 - risen))
    assert steps.up / steps.down == pytest.approx(exact, rel=0.0051)
    assert math.gcd(steps.up, steps.down) == 1
    assert enough(calm, steps, 1e5) < 2_500


@pytest.mark.parametrize("per_second", [0.3, 20.0, 2_000.0])
def test_no_rate_needs_more_than_enough(per_second: float) -> None:
    """By Wald's bound once in 100,000 s at most, and not hundreds of times less."""
    steps = whole_steps(0.1, 0.15)
    rate = rate_at(0.1, per_second, steps, enough(0.1, steps, 1e5))
    assert 1e-9 < rate * 1e5 <= 1.0


def test_rates_fall_with_the_height_and_nobody_alarms_nobody() -> None:
    """Each height is reached by what reached the one below."""
    rates = list(alarm_rates(0.02, 30.0, Steps(25, 1), 400))
    assert rates == sorted(rates, reverse=True)
    with pytest.raises(ValueError, match="somebody to ask"):
        next(alarm_rates(0.02, 0.0, Steps(25, 1), 400))


def test_memory_is_bounded_at_any_rate() -> None:
    """Ten million answers a minute are as many a second: 50,000 bad ones by all moves would take 5 GB."""
    steps = whole_steps(0.35, 0.45)
    tracemalloc.start()
    try:
        rates = list(alarm_rates(0.35, 133_000.0, steps, enough(0.35, steps, 1e5)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 128 * 2**20
    assert rates == sorted(rates, reverse=True)
