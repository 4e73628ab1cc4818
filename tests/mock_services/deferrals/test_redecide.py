"""Push: decided again when the source is back, slowly, and not for ever."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.answer import Push
from mock_services.deciding.decide import Checked
from mock_services.deferrals.redecide import BURST_S, LEAST_HZ, MOST_AGAIN
from mock_services.deferrals.source_health import DECISION, WINDOW_S
from mock_services.policies.case import approved, denied
from tests.mock_services.deferrals.waiting import BUSY, CALM, GRANTED, World, lost
from tests.mock_services.policies.cases import STRATEGY


def test_the_person_is_notified_when_the_source_is_back() -> None:
    """Not while requests go on missing the bureau, but after one that got an answer from it."""
    world = World()
    world.ordinary(1, lost())
    for session in range(2, 32):
        world.now += 0.1
        world.ordinary(session, lost())
        assert world.looks.due() == []
    world.ordinary(99)
    world.pass_time(0.1)
    assert len(world.notified) == 1
    assert world.looks.counts["waiting"] == 30


def test_a_notice_tells_what_was_decided_and_both_instants() -> None:
    """The decision of the second look, under the tap that was deferred."""
    world = World()
    world.ordinary(5, lost(), attempt=2)
    world.now = 3.0
    world.ordinary(6)
    world.pass_time(0.5)
    (notice,) = world.looks.board.page(0, 10)["notifications"]  # type: ignore[misc]
    assert (notice["session"], notice["attempt"], notice["answer"], notice["limit_cny"]) == (5, 2, "approved", 9000)
    assert (notice["deferred_at"], notice["decided_at"]) == (0.0, pytest.approx(3.1))


def test_without_ordinary_requests_the_oldest_goes_ahead_once_a_second() -> None:
    """Probes ask for the source while nobody else does; that it is not back yet does not count against the person."""
    world = World([lost()] * 10 + [GRANTED])
    world.ordinary(1, lost())
    world.ordinary(2, lost())
    world.pass_time(10.05)
    assert {one.asked.session for one in world.looked} == {1}
    assert 8 <= len(world.looked) <= 10
    world.pass_time(5.0)
    assert world.notified == [1, 2]
    assert world.looks.counts["given_up"] == 0


def test_each_look_has_luck_of_its_own() -> None:
    """Looks are numbered from 1, probes included."""
    world = World([lost()] * 3 + [GRANTED])
    world.ordinary(1, lost())
    world.pass_time(8.0)
    assert [one.looks for one in world.looked] == [1, 2, 3, 4]


def test_a_second_look_is_deferred_three_times_at_most() -> None:
    """A person who is unlucky four times although the source is there is given up, and counted."""
    world = World([lost()])
    world.ordinary(1, lost())
    world.pass_time(30.0, requests_hz=20.0)
    assert len(world.looked) == MOST_AGAIN + 1
    assert world.looks.counts == {"waiting": 0, "notified": 0, "expired": 0, "dropped": 0, "given_up": 1}


def test_who_lacks_another_source_next_waits_for_that_one() -> None:
    """First the bureau was lost, in the second look the income: only when that answers too is there a third."""
    world = World([lost("income"), GRANTED])
    world.ordinary(1, lost())
    world.ordinary(2)
    world.pass_time(0.5)
    assert len(world.looked) == 1
    world.ordinary(3, Checked(approved(9000), STRATEGY, CALM | {"income": Evidence(EvidenceStatus.LATE)}))
    world.pass_time(0.5)
    assert len(world.looked) == 1
    world.pass_time(2.0, requests_hz=10.0)
    assert [one.lost for one in world.looked] == ["bureau", "income"]
    assert world.notified == [1]


def test_who_was_turned_away_waits_until_nobody_is() -> None:
    """A shed answer is deferred too, and no second look is made while there are people at the door."""
    world = World()
    world.ordinary(1, BUSY)
    world.ordinary(2, lost())
    world.ordinary(3)
    for session in range(10, 20):
        world.pass_time(0.5)
        world.ordinary(session, BUSY)
    assert world.looked == []
    world.pass_time(30.0, requests_hz=10.0)
    assert sorted(world.notified) == [1, 2, *range(10, 20)]
    assert {one.lost for one in world.looked} == {DECISION, "bureau"}


def test_who_taps_again_and_is_decided_about_is_not_notified() -> None:
    """The answer on the screen counts; there is nothing left to say."""
    world = World()
    world.ordinary(1, lost())
    world.ordinary(1, GRANTED, attempt=2)
    world.pass_time(5.0, requests_hz=10.0)
    assert (world.looked, world.looks.counts["waiting"]) == ([], 0)


def test_an_answer_that_comes_during_the_second_look_counts() -> None:
    """The person got a decision of their own a moment before the look was done: no second word follows."""
    world = World()
    world.ordinary(1, lost())
    world.ordinary(2)
    world.now += 0.1
    (one,) = world.looks.due()
    world.ordinary(1, GRANTED, attempt=2)
    asyncio.run(world.looks.look(one))
    assert world.notified == []


def test_who_waits_longer_than_promised_is_dropped() -> None:
    """After `within` nobody is notified any more, and it is counted."""
    world = World([lost()], told=Push(within_s=5.0))
    world.ordinary(1, lost())
    world.pass_time(10.0)
    assert world.looks.counts["expired"] == 1
    assert world.looks.counts["waiting"] == 0


def test_denials_by_score_do_not_wait() -> None:
    """Only an undetermined answer with a technical cause is looked at again."""
    world = World()
    world.ordinary(1, Checked(denied(), STRATEGY, CALM))
    assert world.looks.counts["waiting"] == 0


@given(
    st.floats(0.05, 1.0),
    st.sampled_from([0.0, 10.0, 30.0, 100.0]),
    st.lists(st.floats(0.01, 3.0), min_size=1, max_size=25),
)
def test_the_rate_is_bounded_whenever_it_is_asked(share: float, capacity_hz: float, waits_s: list[float]) -> None:
    """In any time of t seconds at most a burst and `share` of the measured capacity (at least 1/s) are let go."""
    world = World(told=Push(share=share))
    for n in range(int(capacity_hz * WINDOW_S) + 1):
        world.now = n / capacity_hz if capacity_hz else 0.0
        world.ordinary(n)
    world.now = max(world.now, WINDOW_S)
    for session in range(1000, 1600):
        world.ordinary(session, lost())
    world.ordinary(1700)
    hz = max(LEAST_HZ, share * world.looks._source_health.capacity_hz)
    burst = max(1.0, hz * BURST_S)
    taken, elapsed_s = len(world.looks.due()), 0.0
    for wait_s in waits_s:
        world.now += wait_s
        elapsed_s += wait_s
        taken += len(world.looks.due())
        assert taken <= burst + hz * elapsed_s + 1e-6
    assert taken >= 1
