"""Published retry storms and queue formulas on our own queue and re-taps, with few seeds; the page has many."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import numpy as np
import pytest
from benchmarks.validation import chain, checks, cut, surge, waiting
from benchmarks.validation.drive import lateness
from mock_services.workers.capacity import Capacity

FEW = checks.Effort(surges=12, cuts=3, wait_se=0.02, waits=3000)
STATIONS = [one for one in waiting.STATIONS if one.busy == 0.8 and one.workers <= 4 and one.work != "lognormal"]


class Here(Executor):
    """Does at once what it is asked for: these tests share the machine with others."""

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN002, ANN003, ANN201
        """Its result."""
        done: Future[object] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def test_surges_bring_a_service_down_where_they_did() -> None:
    """R1: each threshold lies in the published bracket, 5 % around it; what is far from it is labelled right."""
    back = checks.surges(Here(), FEW.surges)
    assert all(one.inside for one in checks.thresholds(back, FEW.surges))
    assert checks.right(back, FEW.surges) >= 15


def test_who_never_asks_again_brings_nothing_down() -> None:
    """R1: it is the asking again: without it the hardest of the published surges passes."""
    once = surge.crowd_of(surge.PUBLISHED[-1], 1, surge.As.LIVE, likely=0.0)
    once.loop.run_until(surge.SETTLE_S + surge.SURGE_S + surge.AFTER_S)
    assert once.capacity.queue < 17


def test_what_is_given_up_as_hopeless_is() -> None:
    """R1: a run that is ended early as down is down, and further down, when it is followed on."""
    hardest = surge.PUBLISHED[-1]
    assert not surge.comes_back(hardest, 0)
    assert not surge.comes_back(hardest, 0, after_s=10.0, to_the_end=True)


@pytest.mark.parametrize("one", cut.PUBLISHED, ids=str)
def test_a_cut_of_the_cpu_is_survived_where_it_was(one: cut.Cut) -> None:
    """R2: depth, length and load decide as published."""
    assert {cut.comes_back(one, seed) for seed in range(FEW.cuts)} == {one.came_back}


@pytest.mark.parametrize(("load_hz", "runs"), [(7.5, 150), (8.5, 150)])
def test_from_full_to_empty_takes_as_long_as_the_chain_says(load_hz: float, runs: int) -> None:
    """R3: the mean of few runs is within 3 of its standard errors, which are small."""
    exact_s, ours = chain.mean_s(load_hz), checks.emptying(Here(), load_hz, runs)
    assert ours.se <= 0.05 * exact_s
    assert abs(ours.value - exact_s) <= 3 * ours.se


def test_the_chain_is_solved_as_a_small_one_by_hand() -> None:
    """R3: the time from full to empty grows with the load, and faster near the capacity."""
    times_s = [chain.mean_s(load_hz) for load_hz in chain.LOADS_HZ]
    assert list(np.diff(times_s, 2) > 0.0) == [True] * 3


@pytest.mark.parametrize("station", STATIONS, ids=str)
def test_waits_are_those_of_the_formula(station: waiting.Station) -> None:
    """Erlang C and Pollaczek–Khinchine, within 3 standard errors of at most 2 %."""
    ours, _ = checks.measured_wait(Here(), station, FEW)
    assert ours.se <= 0.02 * station.wait_s()
    assert abs(ours.value - station.wait_s()) <= 3 * ours.se


def test_a_queue_that_is_another_is_found_out() -> None:
    """One worker more than is said, and the wait is far from the formula, whatever the control variates take away."""
    station = STATIONS[0]
    ours, _ = checks.measured_wait(Here(), station, FEW, queue_of=lambda workers: Capacity(workers + 1, 10**9))
    assert abs(ours.value - station.wait_s()) > 20 * ours.se


@pytest.mark.parametrize("workers", [1, 3])
def test_lateness_is_that_of_sums_of_exponentials(workers: int) -> None:
    """How likely one who finds so many ahead is late, beside drawn waits and works."""
    rng, draws = np.random.default_rng(7), 40_000
    for ahead in (0, workers - 1, workers, 8):
        waits = rng.gamma(max(0, ahead - workers + 1) or 1e-12, 1 / 6.0, draws) + rng.exponential(workers / 6.0, draws)
        drawn = float((waits > 1.0).mean())
        assert lateness(workers, 6.0, 1.0)[ahead] == pytest.approx(drawn, abs=4 * (0.25 / draws) ** 0.5)
