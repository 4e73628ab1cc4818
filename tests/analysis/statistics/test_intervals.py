"""Intervals hold what they promise, by known figures and by seeded coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from creditstorm.analysis.statistics import intervals
from creditstorm.analysis.summary import Estimate
from tests.analysis.statistics import exact

GATE = [(0, 2_995), (1, 4_742), (2, 6_294), (3, 7_752), (5, 10_511), (10, 16_959), (20, 29_058)]
"""Hits allowed at n for "< 0.1 %", one-sided 95 % Clopper–Pearson (DOMAIN section 3)."""


def test_wilson_known() -> None:
    """12 of 10,000 gives the textbook Wilson interval."""
    share, low, high = intervals.wilson_many(np.array([12]), np.array([10_000]))[:, 0]
    assert (share, low, high) == pytest.approx((0.0012, 0.00069, 0.00210), abs=5e-6)


@pytest.mark.parametrize("q", [0.025, 0.05, 0.95, 0.975])
def test_the_quantiles_of_a_binomial_are_scipys(q: float) -> None:
    """Whatever n from one to a million and whatever the share, ends included."""
    rng = np.random.default_rng(17)
    for n in (1, 2, 3, *(10 ** rng.uniform(0, 6, 60)).astype(int)):
        for p in (0.5, 0.95, 0.99, 0.999, float(rng.random())):
            assert intervals.binomial_quantile(q, int(n), p) == stats.binom.ppf(q, n, p)


def test_wilson_is_that_of_statsmodels() -> None:
    """To the last digits, nobody and everybody included."""
    from statsmodels.stats.proportion import proportion_confint  # noqa: PLC0415 - heavy, and every process collects every test

    n = np.arange(1, 400)
    for hits in (np.zeros_like(n), n // 3, n):
        low, high = proportion_confint(hits, n, alpha=intervals.ALPHA, method="wilson")
        assert intervals.wilson_many(hits, n)[1:] == pytest.approx(np.clip([low, high], 0.0, 1.0), rel=1e-12)


@pytest.mark.parametrize(("hits", "n"), GATE)
def test_clopper_pearson_known(hits: int, n: int) -> None:
    """The published smallest n is the first at which the upper bound is under the gate."""
    assert intervals.upper_bound(hits, n) < 0.001 <= intervals.upper_bound(hits, n - 2)


def test_rule_of_three() -> None:
    """At zero hits the upper bound is about 3/n."""
    assert intervals.upper_bound(0, 1000) == pytest.approx(3 / 1000, rel=0.01)


@pytest.mark.parametrize(("hits", "n"), [(1, 60), (3, 4_800), (25, 50), (1_999, 2_000)])
def test_mid_p_counts_half_of_just_as_many(hits: int, n: int) -> None:
    """At either bound P(B > h) + P(B = h) / 2 of the binomial is what it leaves out, by scipy's own."""
    for tail in (0.025, 0.05, 0.95, 0.975):
        one = stats.binom(n, intervals.mid_p(hits, n, tail))
        assert one.sf(hits) + one.pmf(hits) / 2 == pytest.approx(tail, rel=1e-3, abs=1e-5)


def test_mid_p_at_two_and_a_half_per_cent_contains_the_exact_bounds_at_five() -> None:
    """So that an interval that is shown never ends short of the bound that gates; hits need not be whole."""
    for n in (1.5, 8.0, 60.0, 4_800.0, 1e6):
        for hits in (0.01, 0.4, 1.0, 5.5, 0.3 * n, n - 1.0, n - 0.01):
            if hits < n:
                assert intervals.mid_p(hits, n, 0.025) <= stats.beta.ppf(0.05, hits, n - hits + 1.0) * (1.0 + 1e-5)
                assert intervals.mid_p(hits, n, 0.975) >= stats.beta.ppf(0.95, hits + 1.0, n - hits) * (1.0 - 1e-5)


@pytest.mark.parametrize(("n", "p"), [(60, 0.05), (120, 0.05), (800, 0.005), (300, 0.3)])
def test_mid_p_holds_about_what_it_says(n: int, p: float) -> None:
    """Worked out over every number of hits: 94 to 97.5 %, where exact bounds that leave out as much hold more."""
    hits = np.arange(1, n)
    chance = stats.binom.pmf(hits, n, p)
    some = np.flatnonzero(chance > 1e-9)
    inside = [intervals.mid_p(hits[i], n, 0.025) <= p <= intervals.mid_p(hits[i], n, 0.975) for i in some]
    exactly = (stats.beta.ppf(0.025, hits, n - hits + 1) <= p) & (p <= stats.beta.ppf(0.975, hits + 1, n - hits))
    none = float(stats.binom.pmf(0, n, p)) * (p <= 1 - 0.025 ** (1 / n))
    held = float(chance[some] @ np.array(inside, float)) + none
    assert 0.935 < held < 0.976
    assert held <= float(chance @ exactly) + none


def test_bounds_at_the_ends() -> None:
    """No hits bound below by 0, only hits above by 1."""
    assert (intervals.lower_bound(0, 5), intervals.upper_bound(5, 5)) == (0.0, 1.0)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5])
def test_wilson_covers(share: float) -> None:
    """A 95 % Wilson interval holds the truth in 94 to 96 % of experiments."""
    rng = np.random.default_rng(20261111)
    n = rng.integers(300, 600, 40_000)
    _, low, high = intervals.wilson_many(rng.binomial(n, share), n)
    assert 0.94 <= np.mean((low <= share) & (share <= high)) <= 0.965


@pytest.mark.parametrize("q", [0.5, 0.9, 0.99])
def test_quantile_bounds_cover(q: float) -> None:
    """Each bound of a quantile is wrong in at most 5 % of experiments, whatever the distribution."""
    rng = np.random.default_rng(7)
    experiments = 4000
    estimates = [exact.quantile(np.sort(rng.random(800)), q) for _ in range(experiments)]
    above = sum(estimate.low is not None and estimate.low > q for estimate in estimates)
    below = sum(estimate.high is not None and estimate.high < q for estimate in estimates)
    assert above / experiments <= 0.06
    assert below / experiments <= 0.06


def test_quantile_without_upper_bound() -> None:
    """With 100 values nothing bounds the p99 from above: 299 are the least."""
    ordered = np.arange(1.0, 300.0)
    assert exact.quantile(ordered[:298], 0.99).high is None
    assert exact.quantile(ordered[:299], 0.99).high == 299.0


def test_nothing_asked() -> None:
    """Without a sample there is no figure."""
    assert np.isnan(intervals.wilson_many(np.array([0, 3]), np.array([0, 10]))[:, 0]).all()
    assert intervals.clopper_pearson(0, 0).high is None
    assert exact.quantile(np.array([]), 0.5).value is None


@pytest.mark.parametrize(("n", "q", "rank"), [(100, 0.99, 99), (10_000, 0.9999, 9_999), (3, 0.5, 2), (1, 0.01, 1)])
def test_nearest_rank(n: int, q: float, rank: int) -> None:
    """The nearest rank is ⌈nq⌉, without the noise of binary fractions."""
    assert intervals.rank(n, q) == rank


def runs_of(*values: float | None) -> list[Estimate]:
    """One estimate a run."""
    return [Estimate(value, None, None, 100, "any") for value in values]


def test_over_runs_their_spread_decides() -> None:
    """2, 4 and 6: 4 ± 4.303 · 2 / √3 by the table of t; the number of runs is told, not that of requests."""
    found = intervals.over_runs(runs_of(2.0, 4.0, 6.0), least=-10.0, most=10.0)
    assert found.value == pytest.approx(4.0)
    assert (found.low, found.high) == pytest.approx((4.0 - 4.303 * 2 / 3**0.5, 4.0 + 4.303 * 2 / 3**0.5), abs=0.001)
    assert (found.n, found.method) == (3, "mean of 3 runs, t 95 % over runs")


def test_over_runs_a_share_stays_one() -> None:
    """Two that are far apart leave everything between 0 and 1 possible."""
    found = intervals.over_runs(runs_of(0.1, 0.9))
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)


@pytest.mark.parametrize(("values", "known"), [((), 0), ((None, None), 0), ((0.5, None, 0.5), 2)])
def test_a_run_without_a_figure_leaves_none_over_runs(values: tuple[float | None, ...], known: int) -> None:
    """It is said how many runs had one."""
    found = intervals.over_runs(runs_of(*values))
    assert (found.value, found.low, found.high, found.n) == (None, None, None, known)


def test_a_wilson_interval_stays_within_a_share() -> None:
    """None and all of ten are bounded by 0 and 1, and the other end is inside."""
    share, low, high = intervals.wilson_many(np.array([0, 10]), np.array([10, 10]))
    assert (share.tolist(), low[0], high[1]) == ([0.0, 1.0], 0.0, 1.0)
    assert 0.0 < high[0] < 0.35
    assert low[1] == pytest.approx(1.0 - high[0])


@pytest.mark.parametrize(("hits", "n"), [(3, 40), (39, 40)])
def test_each_exact_bound_leaves_five_per_cent(hits: int, n: int) -> None:
    """At the bound so many hits, or more on the one side and fewer on the other, are had with 5 %."""
    found = intervals.clopper_pearson(hits, n)
    assert (found.value, found.n) == (hits / n, n)
    assert stats.binom.sf(hits - 1, n, found.low) == pytest.approx(0.05)
    assert stats.binom.cdf(hits, n, found.high) == pytest.approx(0.05)
