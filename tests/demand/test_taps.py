from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from creditstorm.credit.applicants import Population
from creditstorm.credit.changes import ConsentRevoked, ProfileUpdate, StrategyChange
from creditstorm.credit.keyed import Keyed
from creditstorm.credit.oracle import Oracle
from creditstorm.credit.strategy import Strategy
from creditstorm.demand.load_plan import RateStage, Users
from creditstorm.demand.sessions import Crowd, person
from creditstorm.demand.taps import ClosedTaps, OpenTaps, Share, instants, schedule
from tests.generator.lives import plan

CHANGES = (
    StrategyChange(name="v2", from_s=5.0, until_s=9.0, strategy=Strategy("v2", 590.0), legitimate=True),
    ProfileUpdate(name="job", from_s=3.0, source="income", share=0.4, factor=0.5),
    ConsentRevoked(name="consent", from_s=1.0, until_s=8.0, source="bureau", share=0.5),
)


@given(seed=st.integers(0, 2**32), ids=st.lists(st.integers(0, 10**8), min_size=1, max_size=30), changing=st.booleans())
def test_a_crowd_is_its_people(seed: int, ids: list[int], changing: bool) -> None:
    """Worked out together or one by one, the truth about a person is the same to the bit."""
    oracle = Oracle(Population(seed, 10**8), Strategy(), CHANGES if changing else ())
    t_s = np.arange(len(ids), dtype=np.float64)
    crowd = Crowd(oracle, np.array(ids, dtype=np.uint64), t_s)
    assert [crowd.person(place) for place in range(len(ids))] == [
        person(oracle, i, t) for i, t in zip(ids, t_s.tolist(), strict=True)
    ]


def test_the_truth_of_a_tap_is_that_of_its_instant() -> None:
    """Under a stricter version that is in force from 5 s on, only later taps find people who lost their standing."""
    taps = list(OpenTaps(plan(changes=CHANGES[:1]), Share()))
    lost = [tap.intended_s for tap in taps if tap.person.truth != tap.person.truth_stable]
    assert lost
    assert min(lost) >= 5.0


def test_closed_taps_know_the_hour_too() -> None:
    """The same person of the same user stands differently before and after the change."""
    closed = ClosedTaps(plan(arrivals=None, users=Users(50, 10.0), changes=CHANGES[:1]), Share())
    taps = [(closed.tap(user, 0, 4.0).person, closed.tap(user, 0, 6.0).person) for user in range(50)]
    assert all(before.truth == before.truth_stable == after.truth_stable for before, after in taps)
    assert any(before.truth != after.truth for before, after in taps)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_shares_of_open_taps_are_the_whole(workers: int) -> None:
    """Every tap is in one share, with the same instant, session and person."""
    whole = list(OpenTaps(plan(), Share()))
    shares = [OpenTaps(plan(), Share(worker, workers)) for worker in range(workers)]
    assert sum(len(share) for share in shares) == len(whole)
    assert sorted((tap for share in shares for tap in share), key=lambda tap: tap.session) == whole


def test_closed_users_are_shared_out_and_meet_the_same_people() -> None:
    """Sessions are unique over users and iterations, and a user's people do not depend on the share."""
    closed = plan(arrivals=None, users=Users(5, 10.0, 2.0))
    alone, second = ClosedTaps(closed, Share()), ClosedTaps(closed, Share(1, 2))
    assert (list(alone.users), list(second.users)) == ([0, 1, 2, 3, 4], [1, 3])
    assert alone.tap(3, 7, 1.0) == second.tap(3, 7, 1.0)
    sessions = {alone.tap(user, iteration, 0.0).session for user in range(5) for iteration in range(20)}
    assert len(sessions) == 100


def test_closed_users_think_as_long_as_the_plan_says() -> None:
    """Starts are spread over one think time, pauses are exponential around it."""
    closed = ClosedTaps(plan(arrivals=None, users=Users(50, 10.0, 2.0)), Share())
    pauses = np.array([closed.pause_s(user, iteration) for user in range(50) for iteration in range(40)])
    assert abs(pauses.mean() - 2.0) < 4 * 2.0 / len(pauses) ** 0.5
    assert all(0 <= closed.first_s(user) <= 2.0 for user in range(50))


PEAK = (RateStage(10, 20, 20), RateStage(5, 20, 80), RateStage(40, 80, 80), RateStage(20, 20, 20))

stages = st.lists(
    st.builds(RateStage, st.floats(0.1, 20), st.sampled_from([0.0, 3.0, 40.0]), st.sampled_from([0.0, 7.0, 90.0])),
    min_size=1,
    max_size=5,
).map(tuple)
seeds = st.integers(0, 2**63)


@given(stages=stages, seed=seeds)
def test_instants_are_sorted_and_within_the_stages(stages: tuple[RateStage, ...], seed: int) -> None:
    """Nobody arrives before 0, after the end, or out of order."""
    arrivals = instants(stages, seed=seed)
    assert np.all(np.diff(arrivals) >= 0)
    assert np.all((arrivals >= 0) & (arrivals <= sum(stage.for_s for stage in stages)))


@given(stages=stages, seed=seeds)
def test_nobody_arrives_in_a_stage_without_a_rate(stages: tuple[RateStage, ...], seed: int) -> None:
    """A rate of 0 is nobody, not nearly nobody."""
    starts = np.cumsum([0.0, *(stage.for_s for stage in stages)])
    arrivals = instants(stages, seed=seed)
    for stage, start, end in zip(stages, starts, starts[1:], strict=False):
        if stage.from_hz == stage.to_hz == 0:
            assert not np.any((arrivals > start + 1e-9) & (arrivals < end - 1e-9))


@given(seed=seeds, workers=st.integers(1, 5))
def test_any_number_of_workers_brings_the_same_people(seed: int, workers: int) -> None:
    """The shares together are the whole, each arrival in exactly one."""
    whole = schedule(PEAK, seed=seed, people=1000)
    shares = [whole.share(worker, workers) for worker in range(workers)]
    rows = [row for s in shares for row in zip(s.intended_s, s.session, s.applicant, strict=True)]
    assert sorted(rows, key=lambda row: row[1]) == list(
        zip(whole.intended_s, whole.session, whole.applicant, strict=True)
    )


def test_a_longer_plan_begins_like_a_shorter_one() -> None:
    """Making the last stage longer changes no arrival before its end."""
    short, longer = (instants((RateStage(t, 50, 50),), seed=3) for t in (20, 60))
    assert np.array_equal(longer[longer < 20], short)


def test_the_first_instants_of_a_seed() -> None:
    """A table of numbers: the same seed means the same instants in every release."""
    arrivals = instants((RateStage(10, 0, 20), RateStage(10, 20, 0)), seed=20261111)
    assert arrivals[:4].tolist() == pytest.approx([1.191329836, 1.288007618, 1.505363958, 1.800603848], abs=1e-8)
    assert len(arrivals) == 201


def test_the_inversion_is_exact_where_the_rate_is_constant() -> None:
    """At rate r the cumulative rate is r·t, so instants at 2r are half those at r."""
    slow, fast = instants((RateStage(30, 10, 10),), seed=5), instants((RateStage(15, 20, 20),), seed=5)
    assert fast.tolist() == pytest.approx((slow / 2).tolist(), abs=1e-12)


def test_the_count_is_poisson() -> None:
    """Over 400 seeds the count has the mean and the variance of a Poisson number (both within 4 standard errors)."""
    expected = 10 * 20 + 5 * 50 + 40 * 80 + 20 * 20
    counts = np.array([len(instants(PEAK, seed=seed)) for seed in range(400)])
    assert abs(counts.mean() - expected) < 4 * math.sqrt(expected / 400)
    assert abs(counts.var(ddof=1) / expected - 1) < 4 * math.sqrt(2 / 399)


def test_a_ramp_is_as_dense_as_its_rate() -> None:
    """Mapped through the cumulative rate of a ramp from 0, the instants are uniform (Kolmogorov-Smirnov)."""
    arrivals = np.concatenate([instants((RateStage(10, 0, 100),), seed=seed) for seed in range(20)])
    assert stats.kstest((arrivals / 10) ** 2, "uniform").pvalue > 0.01


def test_gaps_are_exponential() -> None:
    """At a constant rate the gaps between arrivals are exponential (Kolmogorov-Smirnov)."""
    gaps = np.diff(instants((RateStage(60, 50, 50),), seed=11))
    assert stats.kstest(gaps * 50, "expon").pvalue > 0.01


def test_people_are_drawn_by_session() -> None:
    """Who comes is a function of seed and session alone."""
    people = schedule(PEAK, seed=9, people=1000).applicant
    who = Keyed(9, "who")
    assert people[:50].tolist() == [who.bits(session) % 1000 for session in range(50)]


def test_a_plan_without_arrivals_is_empty() -> None:
    """Rate 0 throughout brings nobody."""
    assert len(schedule((RateStage(5, 0, 0),), seed=1, people=10).session) == 0
