"""As good as calm, worse, or neither: held to exact error rates, to figures known by hand, and to restless traffic."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from creditstorm.analysis.statistics.equivalence import ALPHA, Yardstick, design_effect

MARGIN, RATIO = 0.02, 1.5


def yardstick(bad: int, asked: int, **changes: float) -> Yardstick:
    """The default margin around a calm."""
    return Yardstick(bad, asked, **{"margin": MARGIN, "ratio": RATIO, **changes})


def error_at_the_limit(share: float, calm_n: int, after_n: int, *, worse: bool) -> float:
    """How often a sample whose true share is exactly the limit is called better (or worse), summed over all samples."""
    limit = max(share + MARGIN, share * RATIO)
    after = np.arange(after_n + 1)
    asked = np.full(after_n + 1, after_n)
    chance = stats.binom.pmf(after, after_n, limit)
    total = 0.0
    for bad, of_calm in enumerate(stats.binom.pmf(np.arange(calm_n + 1), calm_n, share)):
        known = yardstick(bad, calm_n)
        called = known.shows_worse(after, asked, ALPHA) if worse else known.shows_as_good(after, asked)
        total += float(of_calm * chance[called].sum())
    return total


@pytest.mark.parametrize("share", [0.0, 0.04, 0.055, 0.3])
@pytest.mark.parametrize("calm_n", [3, 12, 120])
@pytest.mark.parametrize("after_n", [3, 40, 200])
def test_at_the_limit_it_errs_as_often_as_it_says(share: float, calm_n: int, after_n: int) -> None:
    """Exactly at the limit at most 1.15 × 5 % of all samples are called as good, and at most 5 % worse, however few."""
    assert error_at_the_limit(share, calm_n, after_n, worse=False) <= 1.15 * ALPHA
    assert error_at_the_limit(share, calm_n, after_n, worse=True) <= ALPHA


def test_the_limit_is_the_larger_of_both() -> None:
    """Two points on a calm of 1 %, half as much again on one of 10 %; they meet at 4 %."""
    assert yardstick(1, 100).limit == pytest.approx(0.03)
    assert yardstick(10, 100).limit == pytest.approx(0.15)
    assert yardstick(4, 100).limit == pytest.approx(0.06)


@pytest.mark.parametrize(("asked", "shown"), [(148, False), (149, True)])
def test_none_bad_needs_as_many_as_the_rule_of_three(asked: int, shown: bool) -> None:
    """Calm without a bad request cannot be better than it looks: 2 % needs 149 good requests, as a plain bound does."""
    (found,) = yardstick(0, 40).shows_as_good(np.array([0]), np.array([asked]))
    assert found == shown
    assert (1.0 - ALPHA ** (1 / asked) < MARGIN) == shown


def test_nobody_shows_nothing() -> None:
    """Where nobody asked it is neither as good nor worse."""
    none = np.zeros(1, dtype=np.int64)
    assert not yardstick(5, 100).shows_as_good(none, none).any()
    assert not yardstick(5, 100).shows_worse(none, none, ALPHA).any()


def test_all_bad_of_few_is_worse_only_against_a_known_calm() -> None:
    """Six of six bad are worse than a calm of 400; a calm of three requests could be as bad itself."""
    six = np.array([6])
    assert yardstick(20, 400).shows_worse(six, six, 0.001).all()
    assert not yardstick(0, 3).shows_worse(six, six, 0.001).any()


def test_what_so_few_could_show_is_shown_by_as_many_like_calm() -> None:
    """A margin just above what is named is shown for a share like calm's, one just below is not."""
    could = yardstick(55, 1000).could_show(500)
    like_calm = np.array([27.5]), np.array([500])
    for factor, shown in ((1.01, True), (0.99, False)):
        assert yardstick(55, 1000, margin=factor * could, ratio=1.0).shows_as_good(*like_calm).all() == shown


def test_more_requests_could_show_less() -> None:
    """The margin that can be shown shrinks with what is asked, and a restless calm widens it."""
    known = yardstick(55, 1000)
    margins = [known.could_show(asked) for asked in (10, 100, 1_000, 10_000)]
    assert margins == sorted(margins, reverse=True)
    assert yardstick(55, 1000, design_effect=4.0).could_show(1_000) > 1.8 * margins[2]


def test_design_effect_of_seconds_that_vary() -> None:
    """Seconds that are wholly bad or good by turns of four vary many times as much as luck has it; even ones, not."""
    asked = np.full(40, 10)
    assert design_effect((np.tile([10, 10, 10, 10, 0, 0, 0, 0], 5), asked)) > 5.0
    assert design_effect((np.full(40, 5), asked)) == 1.0


def test_stretches_are_each_compared_with_their_own_share() -> None:
    """One of 10 % beside one of 90 % does not vary for that; beside one that does, the quiet one counts as well."""
    asked = np.full(40, 10)
    assert design_effect((np.full(40, 1), asked), (np.full(40, 9), asked)) < 1.5
    drifts = np.repeat([3, 7, 3, 7], 10), asked
    assert 1.5 < design_effect(drifts, (np.full(40, 5), asked)) < design_effect(drifts)


@pytest.mark.parametrize("bad", [[0, 0, 0, 0, 0, 0], [10, 10, 10, 10, 10, 10]])
def test_nothing_to_see_has_no_design_effect(bad: list[int]) -> None:
    """All good or all bad says nothing of how shares vary, nor does one second; who asks in no second is not there."""
    asked = np.full(6, 10)
    assert design_effect((np.array(bad), asked)) == 1.0
    assert design_effect((np.array([3]), asked[:1])) == 1.0
    quiet = np.array([3, 1, 2, 3, 1, 2])
    silent = np.insert(quiet, 3, 0), np.insert(asked, 3, 0)
    assert design_effect(silent) == design_effect((quiet, asked))


def test_independent_requests_have_a_design_effect_near_one() -> None:
    """Of 200 calms of a minute with independent requests it is below 1.25 on average: noise can only widen."""
    rng = np.random.default_rng(3)
    asked = rng.poisson(52, (200, 60))
    effects = [design_effect((rng.binomial(n, 0.055), n)) for n in asked]
    assert 1.0 <= np.mean(effects) <= 1.25
