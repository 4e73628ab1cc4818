"""Intervals within a run: exact where nothing is clustered, wider where time is, none where memory is too long."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from benchmarks.coverage import CELLS, Cell, found
from creditstorm.analysis.statistics.memory import block_length_s, variance_of_sum
from creditstorm.analysis.statistics.seconds import Counts, Level, Share, counted, quantile_estimate
from tests.analysis.statistics import exact


def counts(hits: list[float], n: list[float], *, squares: list[float] | None = None, stratum: int = 0) -> Counts:
    """One entry a second, all of one stratum; one request a person unless squares are given."""
    asked = np.array(n, dtype=np.float64)
    seconds = np.arange(len(n))
    return Counts(
        seconds, np.full(len(n), stratum), np.array(hits, float), asked, asked if squares is None else np.array(squares)
    )


def drift(length: int, seed: int = 5) -> NDArray[np.float64]:
    """A series that remembers, of mean 0."""
    rng = np.random.default_rng(seed)
    series = np.zeros(length)
    for index in range(1, length):
        series[index] = 0.7 * series[index - 1] + rng.normal()
    return series - series.mean()


@pytest.mark.parametrize("block", [1.0, 4.0, 15.0])
def test_the_closed_form_is_what_resampling_gives(block: float) -> None:
    """The variance of the sum is that of 4,000 resamples of `arch`, to 4 standard errors of a variance."""
    from arch.bootstrap import StationaryBootstrap  # noqa: PLC0415 - heavy, and every process collects every test

    series = drift(60)
    resampled = StationaryBootstrap(block, series, seed=np.random.default_rng(9)).apply(np.sum, 4000)
    assert variance_of_sum(series, block) == pytest.approx(np.var(resampled), rel=4 * np.sqrt(2 / 4000))


def slow(seconds: int, height: float, *, n: float = 80.0) -> Share:
    """A share of 30 % that goes up and down once in the run, by a part of itself."""
    hits = np.round(0.3 * n * (1.0 + height * np.sin(np.arange(seconds) / seconds * 2 * np.pi)))
    return Share(counts(list(hits), [n] * seconds))


@pytest.mark.parametrize(("seconds", "height"), [(12, 0.3), (24, 0.2), (40, 0.2), (60, 0.15)])
def test_a_slow_drift_is_seen_by_long_blocks(seconds: int, height: float) -> None:
    """They see more of it than short ones and know it from two or three blocks: the interval is theirs, and wider."""
    drifting = slow(seconds, height)
    assert drifting.drift is not None
    assert drifting.drift.variance > 1.2 * drifting.seen.variance
    assert 2.0 <= drifting.drift.freedom < 3.0 < drifting.seen.freedom
    told, blind = drifting.worth(Level.GATED), np.square(1.645) / np.square(1.9) / drifting.deff
    assert told < 0.6 * blind
    assert drifting.estimate(Level.SHOWN).low is not None


def test_a_drift_that_counts_an_answer_for_less_than_a_ninth_is_too_long_a_memory() -> None:
    """The same 40 s with a little more of it: no interval, where blocks of a third are no ground any more."""
    assert slow(40, 0.2).reason == ""
    assert slow(40, 0.25).reason.startswith("no interval: this run is too short for its own memory")


def test_what_no_block_shows_needs_no_long_ones() -> None:
    """Not where neighbours are opposites, nor of long runs, nor where no stratum holds three longer ones."""
    n = np.full(24, 80.0)
    hits = np.tile([20.0, 28.0], 12)
    assert Share(counts(list(hits), list(n))).drift is None
    assert independent(900).drift is None
    risen = np.repeat([20.0, 24.0, 28.0, 24.0, 20.0, 24.0, 28.0, 24.0], 3) + np.tile([0.0, 1.0, 2.0], 8)
    assert Share(counts(list(risen), list(n))).drift is not None
    assert Share(Counts(np.arange(24), np.repeat(np.arange(8), 3), risen, n, n)).drift is None


@pytest.mark.parametrize(("rise", "seen"), [(3.2, False), (3.4, True)])
def test_long_blocks_that_see_nearly_as_much_as_seconds_do_are_asked(rise: float, seen: bool) -> None:
    """A slow rise beside seconds that jump up and down: .91 of what seconds see is too little, .99 is enough."""
    hits = 24.0 + rise * np.sin(np.arange(24) / 24 * 2 * np.pi) + np.tile([6.0, -6.0], 12)
    assert (Share(counts(list(hits), [80.0] * 24)).drift is not None) is seen


def test_fewer_hits_than_ten_are_left_to_their_exact_bounds() -> None:
    """Nine in the first third of a run vary by luck as much as by drift, ten may not: of people, not of requests."""
    for hits, times, wide in ((9, 1, False), (10, 1, True), (5, 2, False), (10, 2, True)):
        told = np.zeros(24)
        told[:hits] = float(times)
        share = Share(counts(list(told), [80.0 * times] * 24, squares=[80.0 * times**2] * 24))
        assert share.drift is not None
        alone = stats.t.ppf(0.95, share.n - 1) ** 2 / stats.t.ppf(0.95, share.seen.freedom) ** 2 / share.deff
        assert bool(share.worth(Level.GATED) < 0.9 * alone) is wide


def test_memory_lengthens_the_block() -> None:
    """A series that remembers gets a longer block than its own values in another order; one without change 1."""
    series = drift(600)
    shuffled = np.random.default_rng(1).permutation(series)
    assert block_length_s(series) > 3 * block_length_s(shuffled)
    assert block_length_s(np.zeros(60)) == 1.0


@pytest.mark.parametrize("n", [5, 299, 5000])
@pytest.mark.parametrize("level", list(Level))
def test_no_hit_keeps_the_exact_bound(n: int, level: Level) -> None:
    """With none wronged the bound is the exact one, 1 − α^(1/n), however the n came in time."""
    estimate = Share(counts([0.0] * 5, [n - 4.0, 1, 1, 1, 1])).estimate(level)
    assert (estimate.low, estimate.high) == (0.0, pytest.approx(1 - level.alpha ** (1 / n)))


@pytest.mark.parametrize(("squares", "people"), [(90.0, 100), (50.0, 180)])
def test_no_hit_among_people_who_ask_often_bounds_less(squares: float, people: int) -> None:
    """300 requests of 100 people, three each, bound as 100 do; half once, half twice as 180: each may be told alike."""
    estimate = Share(counts([0.0] * 10, [30.0] * 10, squares=[squares] * 10)).estimate(Level.GATED)
    assert estimate.high == pytest.approx(1 - 0.05 ** (1 / people))


def test_a_short_window_that_wrongs_all_is_decidable() -> None:
    """200 of 200 in five seconds is over 95 %, and 190 of 200 is over 60 %."""
    whole, most = (Share(counts([h] * 5, [40.0] * 5)).estimate(Level.GATED) for h in (40.0, 38.0))
    assert whole.low is not None
    assert whole.low > 0.95
    assert most.low is not None
    assert most.low > 0.6


def test_one_second_says_nothing_of_time() -> None:
    """Some of many in a single second: a figure, no interval, and the reason."""
    estimate = Share(counts([5.0], [50.0])).estimate(Level.SHOWN)
    assert (estimate.value, estimate.low, estimate.high) == (0.1, None, None)
    assert estimate.reason == "no interval: people asked in 1 s only, too few to see how answers vary in time"


def test_a_run_that_is_too_short_for_its_own_memory_says_so() -> None:
    """Half of a minute bad and half good, at one share by design: no interval."""
    slow = 20.0 + 15.0 * np.sin(np.arange(60) / 60 * 2 * np.pi)
    estimate = Share(counts(list(np.round(slow)), [80.0] * 60)).estimate(Level.GATED)
    assert estimate.low is None
    assert estimate.reason.startswith("no interval: this run is too short for its own memory (block ")
    assert estimate.reason.endswith(" of 60 s)")


def test_a_window_that_differs_by_design_is_no_memory() -> None:
    """The same minute, its two halves known to differ: an interval, hardly wider than of independent people."""
    n, hits = np.full(60, 80.0), np.random.default_rng(2).binomial(80, [0.05] * 30 + [0.9] * 30).astype(np.float64)
    stratum = np.repeat([0, 1], 30)
    known = Share(Counts(np.arange(60), stratum, hits, n, n))
    blind = Share(Counts(np.arange(60), np.zeros(60, np.int64), hits, n, n))
    assert known.estimate(Level.SHOWN).low is not None
    assert 0.8 < known.deff < 1.6
    assert blind.deff > 10 * known.deff


def test_short_parts_that_have_lost_their_means_are_no_memory() -> None:
    """Six parts of six seconds, each with a share of its own and no memory: a block of twelve seconds is not theirs."""
    n, stratum = np.full(36, 26.0), np.repeat(np.arange(6), 6)
    shares = np.array([0.0, 0.05, 0.1, 0.2, 0.4, 0.0])[stratum]
    hits = np.random.default_rng(7).binomial(26, shares).astype(np.float64)
    share = Share(Counts(np.arange(36), stratum, hits, n, n))
    assert (share.memory_s, share.gains_s) == (12.0, 1.0)
    estimate = share.estimate(Level.SHOWN)
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < shares.mean() < estimate.high


def test_what_is_known_from_everybody_needs_no_blocks() -> None:
    """Who happened to ask in a window that wrongs all is counted, not cut into blocks: the interval is hardly t's."""
    n, second = np.full(60, 80.0), np.arange(60)
    dark = (second >= 24) & (second < 36)
    hits = np.where(dark, n, np.random.default_rng(4).binomial(80, 0.05, 60)).astype(np.float64)
    storm = Share(Counts(second, np.searchsorted([24, 36], second, side="right"), hits, n, n))
    alike = Share(Counts(second, np.zeros(60, np.int64), np.where(dark, 4.0, hits), n, n))
    assert storm.df < alike.df
    assert alike.seen.freedom == pytest.approx(alike.df)
    assert storm.seen.freedom > 10 * storm.df
    assert Share(counts([0.0] * 5, [100.0] * 5)).seen.freedom == 499.0


def test_an_interval_says_its_level_and_what_it_covers() -> None:
    """Each of the two has its words."""
    share = Share(counts([1.0, 3.0] * 10, [20.0] * 20))
    assert share.estimate(Level.SHOWN).level == "95 %"
    assert share.estimate(Level.GATED).level == "each bound one-sided 95 %"
    assert share.estimate(Level.GATED).covers == "within this episode"


@pytest.mark.parametrize(("n", "bounded"), [(298, False), (299, True)])
def test_a_quantile_without_clusters_is_the_exact_order_statistic(n: int, bounded: bool) -> None:
    """Of distinct values all up to the greatest the p99 is bounded above from 299 on, as without seconds."""
    ordered = np.arange(1.0, n + 1.0)
    one = Share(counts([float(n)], [float(n)]))
    estimate, plain = quantile_estimate(ordered, 0.99, one, Level.GATED), exact.quantile(ordered, 0.99)
    assert (estimate.value, estimate.low, estimate.high) == (plain.value, plain.low, plain.high)
    assert (estimate.high is not None) is bounded


def test_nothing_asked() -> None:
    """Without a sample there is no figure."""
    nobody = Share(counts([], []))
    assert nobody.estimate(Level.SHOWN).value is None
    assert quantile_estimate(np.array([]), 0.5, nobody, Level.GATED).value is None


@pytest.mark.parametrize("cell", CELLS, ids=[cell.name for cell in CELLS])
def test_the_intervals_hold_what_the_table_says(cell: Cell) -> None:
    """Fewer runs than in `docs/coverage.md`, so its bounds with three standard errors of room."""
    it = found(cell, runs=100)
    assert it.held_or_none >= cell.least - it.room
    assert it.held_or_none <= cell.most + it.room
    assert not cell.alone or it.held >= cell.least - 3 * it.error
    assert not cell.gated or max(it.low_wrong, it.high_wrong) <= 7.0 + 3 * 100 * np.sqrt(0.07 * 0.93 / 100)


def test_a_share_without_an_interval_may_be_far_from_a_bound() -> None:
    """Long memory leaves a few stretches: 88 % of four is beyond 2 % all the same, and says nothing about 60 %."""
    second = np.arange(60)
    hits = np.where(second < 7, 0.0, 50.0)
    share = Share(Counts(second, np.zeros(60, np.int64), hits, np.full(60, 50.0), np.full(60, 50.0)))
    assert share.reason
    wider = share.stretches(Level.GATED)
    assert wider.low is not None
    assert wider.high is not None
    assert 0.02 < wider.low < 0.60 < wider.high


def independent(seconds: int, *, n: int = 40, p: float = 0.3, seed: int = 3, times: int = 1) -> Share:
    """People who are told the same `times` times each, independent of one another."""
    hits = np.random.default_rng(seed).binomial(n, p, seconds) * float(times)
    asked = [float(n * times)] * seconds
    return Share(counts(list(hits), asked, squares=[float(n * times**2)] * seconds))


@pytest.mark.parametrize(("seconds", "block_s"), [(4, 1.0), (16, 2.0), (64, 8.0), (100, 10.0), (900, 30.0)])
def test_a_block_is_long_enough_for_what_cannot_be_seen(seconds: int, block_s: float) -> None:
    """The root of the seconds where no memory was seen, and never so long that eight of them do not fit."""
    assert independent(seconds).block_s == pytest.approx(block_s)


def test_a_memory_that_was_seen_is_the_block() -> None:
    """Longer than the root of the seconds, shorter than an eighth of them."""
    hits = 40.0 + 10.0 * np.repeat(np.random.default_rng(1).choice([-1.0, 1.0], 20), 60)
    share = Share(counts(list(hits), [80.0] * 1200))
    assert np.sqrt(1200) < share.block_s == share.memory_s < 1200 / 8


@pytest.mark.parametrize(("strata", "lost"), [([0] * 8, 1), ([0] * 4 + [1] * 4, 2), ([0] * 4 + [3] * 4, 2)])
def test_short_runs_have_a_degree_of_freedom_a_second(strata: list[int], lost: int) -> None:
    """Less one a stratum that has seconds."""
    n = np.full(8, 20.0)
    share = Share(Counts(np.arange(8), np.array(strata), np.arange(8.0), n, n))
    assert share.df == pytest.approx(8 - lost)


def test_longer_runs_have_one_a_block() -> None:
    """Of 100 seconds in blocks of ten: as often as the weights of a variance, summed over the lags, go into them."""
    lags = np.abs(np.arange(-2000, 2001))
    assert independent(100).df == pytest.approx(100 / np.sum(0.9 ** (2 * lags)) - 1)


def test_independent_answers_count_as_one_each() -> None:
    """Over forty runs the design effect is 1 on average, and those who ask three times and hear the same count once."""
    for times in (1, 3):
        effects = [independent(400, seed=seed, times=times).deff for seed in range(40)]
        assert np.mean(effects) == pytest.approx(times, rel=0.1)


def test_few_hits_tell_little_of_how_they_cluster() -> None:
    """Two hits in one second of 200 are told nearly as two of independent people, forty in four seconds are not."""
    few, many = np.zeros(200), np.zeros(200)
    few[100], many[[20, 70, 120, 170]] = 2.0, 10.0
    assert Share(counts(list(few), [40.0] * 200)).deff < 1.5
    assert Share(counts(list(many), [40.0] * 200)).deff > 5.0


def test_what_an_answer_is_worth_grows_with_the_seconds() -> None:
    """Of few seconds nobody knows how they vary: the same answers in 12 are worth less than in 900, at either level."""
    for level in Level:
        short, long = independent(12), independent(900)
        assert short.worth(level) * short.deff < 0.9
        assert 0.9 < long.worth(level) * long.deff < 1.0


def test_an_interval_of_independent_answers_is_the_exact_one() -> None:
    """Of 900 seconds: Clopper–Pearson's for their number, to a tenth of its width."""
    share = independent(900)
    found, exactly = share.estimate(Level.GATED), stats.binomtest(share.hits, share.n).proportion_ci(0.90, "exact")
    width = exactly.high - exactly.low
    assert (found.low, found.high) == pytest.approx((exactly.low, exactly.high), abs=0.1 * width)


@pytest.mark.parametrize("share", [independent(60, p=0.02), independent(24), independent(900, times=3), independent(9)])
def test_an_interval_that_is_shown_contains_the_one_that_gates(share: Share) -> None:
    """And is narrower than exact bounds of as many answers that leave out as much."""
    shown, gated, n = share.estimate(Level.SHOWN), share.estimate(Level.GATED), share.n * share.worth(Level.SHOWN)
    hits = share.hits / share.n * n
    assert None not in (shown.low, shown.high, gated.low, gated.high)
    assert stats.beta.ppf(0.025, hits, n - hits + 1.0) < shown.low <= gated.low  # type: ignore[operator]
    assert gated.high <= shown.high < stats.beta.ppf(0.975, hits + 1.0, n - hits)  # type: ignore[operator]


def test_bounds_that_gate_are_exact() -> None:
    """Clopper–Pearson's of as many answers as the share is worth, at one side each."""
    share = independent(60, p=0.02)
    gated, n = share.estimate(Level.GATED), share.n * share.worth(Level.GATED)
    hits = share.hits / share.n * n
    assert gated.low == pytest.approx(stats.beta.ppf(0.05, hits, n - hits + 1.0))
    assert gated.high == pytest.approx(stats.beta.ppf(0.95, hits + 1.0, n - hits))


def test_what_few_hits_are_worth_is_mostly_known_beforehand() -> None:
    """Six hits of 120 s by blocks of eleven: three more that are known make it surer, 600 hits are nothing to it."""
    few, many = np.zeros(120), np.full(120, 5.0)
    few[[3, 25, 41, 66, 90, 111]] = 1.0
    many += np.random.default_rng(6).integers(-2, 3, 120)
    for hits, least, most in ((few, 0.90, 0.97), (many, 0.70, 0.85)):
        share = Share(counts(list(hits), [40.0] * 120))
        assert least < share.worth(Level.SHOWN) * share.deff < most


def test_two_seconds_are_the_fewest() -> None:
    """Of one nothing is known; of two hardly anything."""
    two = Share(counts([4.0, 8.0], [40.0, 40.0])).estimate(Level.SHOWN)
    assert two.low is not None
    assert two.high is not None
    assert (two.low, two.high) < (0.02, 0.9)
    assert two.high - two.low > 0.4


def test_none_of_many_is_doubted_where_what_it_was_cut_from_remembers() -> None:
    """Not one late answer may be luck where latency wanders slowly; not where it changes from second to second."""
    wander = drift(600, seed=1).cumsum()
    no_hits = counts([0.0] * 600, [40.0] * 600)
    assert Share(no_hits, wander).reason.startswith("no interval: this run is too short for its own memory")
    assert Share(no_hits, np.random.default_rng(1).normal(size=600)).reason == ""
    assert Share(no_hits).reason == ""


def test_stretches_are_exact_bounds_of_that_many_answers() -> None:
    """With a memory of a second ten seconds are five of them: all hits bound as 5 of 5 do; one second is none."""
    share = Share(counts([40.0] * 10, [40.0] * 10))
    assert share.stretches(Level.GATED).low == pytest.approx(0.05 ** (1 / 5))
    assert share.stretches(Level.SHOWN).low == pytest.approx(0.025 ** (1 / 5))
    short = Share(counts([40.0], [40.0])).stretches(Level.GATED)
    assert (short.value, short.low) == (1.0, None)
    assert Share(counts([], [])).stretches(Level.GATED).value is None


def test_people_are_counted_in_the_second_in_which_they_began() -> None:
    """Seconds without anybody are left out, and a person's requests are squared together."""
    found = counted(np.array([1, 4, 4]), np.array([0.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0]))
    assert found.second.tolist() == [1, 4]
    assert found.stratum.tolist() == [0, 0]
    assert (found.hits.tolist(), found.n.tolist(), found.squares.tolist()) == ([0.0, 3.0], [1.0, 5.0], [1.0, 13.0])


def test_a_quantile_is_never_surer_than_without_clusters() -> None:
    """Also where seconds happen to be more alike than chance: the ranks are at least as far apart."""
    ordered = np.arange(1.0, 1001.0)
    even = Share(counts([9.0] * 100, [10.0] * 100))
    found, plain = quantile_estimate(ordered, 0.9, even, Level.GATED), exact.quantile(ordered, 0.9)
    assert found.value == plain.value == 900.0
    assert None not in (found.low, found.high, plain.low, plain.high)
    assert found.low <= plain.low < 900.0 < plain.high <= found.high  # type: ignore[operator]


def test_who_asks_often_does_not_look_like_a_burst() -> None:
    """Three people who are told the same three times each, far apart, are few and independent: an interval."""
    hits = np.zeros(200)
    hits[[20, 70, 120]] = 3.0
    share = Share(counts(list(hits), [120.0] * 200, squares=[360.0] * 200))
    assert share.reason == ""
