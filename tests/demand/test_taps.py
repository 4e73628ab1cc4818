from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditstorm.credit.applicants import Population
from creditstorm.credit.changes import ConsentRevoked, ProfileUpdate, StrategyChange
from creditstorm.credit.oracle import Oracle
from creditstorm.credit.strategy import Strategy
from creditstorm.demand.people import Crowd, person
from creditstorm.demand.plan import Users
from creditstorm.demand.taps import ClosedTaps, OpenTaps, Share
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
