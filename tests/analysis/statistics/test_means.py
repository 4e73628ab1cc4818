"""The interval of a mean: the textbook's where nothing is clustered, that of the clusters where they are alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats
from scipy.signal import lfilter
from creditstorm.analysis.statistics.means import mean_estimate
from creditstorm.analysis.statistics.seconds import Counts, Level, Share
from creditstorm.analysis.summary import Estimate


def mean_of(seconds: Sequence[Sequence[float]], level: Level = Level.SHOWN) -> Estimate:
    """The mean of the values of these seconds."""
    n, sums = (np.array([each(second) for second in seconds], dtype=np.float64) for each in (len, sum))
    values = np.array([value for second in seconds for value in second])
    spread = float(((values - values.mean()) ** 2).sum()) if len(values) else 0.0
    return mean_estimate(Share(Counts(np.arange(len(n)), np.zeros(len(n), np.int64), sums, n, n)), spread, level)


def width(found: Estimate) -> float:
    """From the mean to the upper end, which is as far as to the lower one."""
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.value == pytest.approx(found.value - found.low)
    return found.high - found.value


@pytest.mark.parametrize(("level", "beyond"), [(Level.SHOWN, 0.025), (Level.GATED, 0.05)])
def test_seconds_that_are_all_alike_give_the_textbook_interval(level: Level, beyond: float) -> None:
    """A one and a three in each of 900 seconds: 2 ± z / √1,800, because time adds nothing."""
    found = mean_of([(1.0, 3.0)] * 900, level)
    assert found.value == 2.0
    assert 1.0 <= width(found) / (stats.norm.isf(beyond) / np.sqrt(1800)) < 1.05
    assert (found.level, found.covers, found.n) == (level.text, "within this episode", 1800)


def test_few_seconds_widen_it() -> None:
    """By Student's t: in nine seconds the factor of the normal distribution is too small."""
    assert width(mean_of([(1.0, 3.0)] * 9)) > 1.05 * stats.norm.isf(0.025) / np.sqrt(18)


def test_values_that_come_in_clusters_count_once() -> None:
    """Ten copies of one value a second tell as much as the one: √10 wider than ten that are independent."""
    rng = np.random.default_rng(4)
    values = rng.normal(5.0, 1.0, 900)
    copied = width(mean_of([(value,) * 10 for value in values]))
    apart = width(mean_of(np.split(rng.normal(5.0, 1.0, 9000), 900)))
    assert copied == pytest.approx(width(mean_of([(value,) for value in values])), rel=1e-6)
    assert copied == pytest.approx(np.sqrt(10) * apart, rel=0.15)


def test_neighbours_that_cancel_do_not_narrow_it() -> None:
    """Seconds in turn high and low would make the mean of whole pairs exact; chance alone says otherwise."""
    found = mean_of([(1.0,), (3.0,)] * 450)
    assert 1.0 <= width(found) / (stats.norm.isf(0.025) / np.sqrt(900)) < 1.2


def test_a_mean_moves_and_scales_with_its_values() -> None:
    """In milliseconds, or later by a second, it is the same interval."""
    values = np.random.default_rng(6).normal(0.5, 0.1, (200, 3))
    plain, scaled, moved = mean_of(values), mean_of(values * 1000.0), mean_of(values + 1.0)
    assert scaled.value == pytest.approx(1000 * plain.value)
    assert width(scaled) == pytest.approx(1000 * width(plain))
    assert moved.value == pytest.approx(1.0 + plain.value)
    assert width(moved) == pytest.approx(width(plain))


def test_without_a_value_there_is_no_mean() -> None:
    """And no reason is needed."""
    nothing = mean_of([])
    assert (nothing.value, nothing.low, nothing.high, nothing.n, nothing.reason) == (None, None, None, 0, "")


@pytest.mark.parametrize("seconds", [[(1.0,)], [(1.0, 2.0, 3.0)]])
def test_one_second_has_a_mean_and_no_interval(seconds: list[tuple[float, ...]]) -> None:
    """However many values it has: nobody saw how they vary in time."""
    found = mean_of(seconds)
    assert (found.value, found.low, found.high) == (np.mean(seconds), None, None)
    assert found.reason == "no interval: people asked in 1 s only, too few to see how answers vary in time"


def wandering(seconds: int, memories: float) -> list[tuple[float, ...]]:
    """Values that go up and down so many times, three a second."""
    return [(value,) * 3 for value in 5.0 + np.sin(np.arange(seconds) / seconds * memories * 2 * np.pi)]


def test_a_mean_that_remembers_needs_forty_memories() -> None:
    """Three waves in a minute are too few, and it says how long each block is; in two hours of a drift are enough."""
    short = mean_of(wandering(60, 3))
    assert short.low is None
    assert short.reason.startswith("no interval: this run is too short for its own memory (block ")
    assert short.reason.endswith(" of 60 s)")
    drift = lfilter([1.0], [1.0, -0.7], np.random.default_rng(2).normal(size=7200))
    assert mean_of([(value,) * 3 for value in drift]).low is not None


def test_where_nothing_is_clustered_no_memory_is_asked_for() -> None:
    """The same few seconds, each with a great spread of its own beside which they are all alike."""
    assert mean_of([(one - 50.0, one, one + 50.0) for one, _, _ in wandering(60, 3)]).low is None
    independent = np.random.default_rng(8).normal(5.0, 1.0, (30, 3))
    assert mean_of(independent).low is not None
