"""The cumulative sum: rare in calm, prompt where a share has risen, over when the trouble is."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from creditstorm.analysis.monitors.calm_chain import alarm_rates
from creditstorm.analysis.monitors.cusum import (
    RARE_S,
    Alarm,
    Cusum,
    Usual,
    calibrated,
    rate_on_grid,
    share_on_grid,
)

CALMS = [(0.06, 0.11, 30), (0.001, 0.05, 80), (0.35, 0.45, 40), (0.02, 0.07, 5)]
FRESH = 7
"""Of the calm that a calibration has not seen."""


@pytest.mark.parametrize(("calm", "risen", "rate"), CALMS)
def test_calm_is_seldom_taken_for_trouble(calm: float, risen: float, rate: float) -> None:
    """In 400,000 s that the calibration did not see: at most one a 100,000 s, as it says of itself."""
    cusum = calibrated(Usual(calm, risen, rate))
    assert 0.3 < cusum.false_alarms <= 1.0
    rng = np.random.default_rng(FRESH)
    n = rng.poisson(rate, 400_000)
    assert len(cusum.alarms(rng.binomial(n, calm), n)) <= 4
    assert RARE_S == 100_000.0


def test_a_calm_of_ups_and_downs_is_seldom_taken_for_trouble() -> None:
    """Minutes of 5 people a second and minutes of 75, under the height of a steady 40: still at most 3 a 100,000 s."""
    cusum = calibrated(Usual(0.06, 0.11, 40.0))
    rng = np.random.default_rng(FRESH)
    n = rng.poisson(np.where(np.arange(400_000) // 60 % 2, 5, 75))
    assert len(cusum.alarms(rng.binomial(n, 0.06), n)) <= 12


@pytest.mark.parametrize("share", [0.0001, 0.01, 0.35, 0.5, 0.97])
def test_a_share_on_the_grid_is_the_next_one_up(share: float) -> None:
    """At most a twentieth higher in its odds, and on the grid already where it comes from there."""
    on_grid = share_on_grid(share)
    odds = on_grid / (1.0 - on_grid) / (share / (1.0 - share))
    assert 1.0 - 1e-9 <= odds <= np.exp(0.05) + 1e-9
    assert share_on_grid(on_grid * (1.0 - 1e-6)) == on_grid
    assert (share_on_grid(0.0), share_on_grid(1.0)) == (0.0, 1.0)


def test_a_rate_on_the_grid_is_the_next_one_up() -> None:
    """At most a tenth higher; nobody stays nobody."""
    assert all(rate <= rate_on_grid(rate) <= 1.1 * rate for rate in (0.03, 1.5, 39.0, 41.0, 4_000.0))
    assert len({rate_on_grid(rate) for rate in np.linspace(39.0, 41.0, 50)}) <= 2
    assert rate_on_grid(0.0) == 0.0


def test_a_height_is_no_higher_than_calm_asks() -> None:
    """Lorden's bound says that ln(100,000) always does; the one worked out is lower, so that alarms come sooner."""
    cusum = calibrated(Usual(0.06, 0.11, 30.0))
    unit = np.log(0.11 / 0.06) / cusum.step_sizes.up
    assert 6.0 < unit * cusum.height < np.log(RARE_S)
    lower = list(islice(alarm_rates(0.06, 30.0, cusum.step_sizes, cusum.height), cusum.height))
    assert RARE_S * lower[-1] <= cusum.false_alarms <= 1.0 < RARE_S * lower[-3]


@pytest.mark.parametrize(("calm", "risen", "rate"), [(0.001, 0.051, 80.0), (0.005, 0.055, 300.0), (0.1, 0.15, 5.0)])
def test_a_height_is_good_for_every_rate_of_its_cell(calm: float, risen: float, rate: float) -> None:
    """Fewer answers may be the worse, where a burst of bad ones is paid for by many good ones."""
    top = rate_on_grid(rate)
    cusum = calibrated(Usual(calm, risen, top))
    for per_second in np.linspace(top / 1.0999, top, 6):
        rates = alarm_rates(calm, float(per_second), cusum.step_sizes, cusum.height)
        assert RARE_S * next(islice(rates, cusum.height - 1, None)) <= 1.02


@pytest.mark.parametrize("rate", [10, 40])
def test_a_rise_is_noticed_about_when_it_says(rate: int) -> None:
    """The mean delay of 200 rises lies within half of the typical one."""
    cusum = calibrated(Usual(0.05, 0.15, rate))
    rng = np.random.default_rng(FRESH)
    delays = []
    for _ in range(200):
        n = np.full(400, rate)
        delays.append(cusum.alarms(rng.binomial(n, 0.15), n)[0].raised + 1)
    assert np.mean(delays) == pytest.approx(cusum.typical_delay_s(rate), rel=0.5)


def test_an_alarm_ends_soon_after_the_trouble_and_comes_again_with_it() -> None:
    """However long the trouble was: the sum is capped."""
    cusum = calibrated(Usual(0.05, 0.15, 40.0))
    trouble, calm = np.full(300, 40), np.full(60, 2)
    alarms = cusum.alarms(np.concatenate([calm, trouble, calm, trouble]), np.full(720, 40))
    assert [alarm.ended is None for alarm in alarms] == [False, True]
    assert 60 <= alarms[0].raised <= 62
    assert alarms[0].ended is not None
    assert 360 <= alarms[0].ended <= 380


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=50))
def test_alarms_are_what_the_sum_says(seconds: list[tuple[int, int]]) -> None:
    """Told by the definition, a second at a time."""
    cusum = Cusum(0.1, 0.3, 100, 0.0)
    bad, n = np.array([one for one, _ in seconds]), np.array([one + more for one, more in seconds])
    level, on, raised = 0, False, []
    for second, step in enumerate(cusum.steps(bad, n)):
        level = min(max(level + step, 0), 125)
        if level >= 100 and not on:
            on, _ = True, raised.append(second)
        on = on and level > 0
    assert [alarm.raised for alarm in cusum.alarms(bad, n)] == raised


def test_one_bad_answer_alone_is_no_alarm() -> None:
    """Where hardly anybody asks, one failure is the rise of a share, and nothing to wake somebody for."""
    cusum = calibrated(Usual(0.001, 0.3, 1 / 3))
    one = np.array([0, 1, 0, 0])
    assert cusum.alarms(one, one) == []


def test_a_share_that_does_not_rise_is_a_mistake_of_ours() -> None:
    """Nothing to tell apart."""
    for calm, risen in ((0.0, 0.1), (0.2, 0.2), (0.3, 0.2), (0.5, 1.0)):
        with pytest.raises(ValueError, match="calm < risen"):
            Usual(calm, risen, 1.0)


def test_no_bad_answer_in_any_calm_second() -> None:
    """Seconds without anybody: nothing to draw, and a rise takes for ever."""
    cusum = calibrated(Usual(0.1, 0.2, 0.0))
    assert cusum.typical_delay_s(0.0) == float("inf")
    assert cusum.alarms(np.array([0]), np.array([0])) == []
    assert Alarm(1, None) != Alarm(1, 2)
