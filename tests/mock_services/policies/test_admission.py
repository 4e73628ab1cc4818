"""Who is let in: never more than the cap, micro businesses first, and a limit that follows latency."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.applicants import File, Segment
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.policies.admission import Adaptive
from mock_services.policies.admission import AdaptiveDoor, Gradient2, InflightCapDoor, LongAverage, PriorityDoor
from mock_services.policies.axes import Admission

CONSUMER = CreditRequest(7, 1, 0, Segment.CONSUMER, File.THICK)
SHOP = CreditRequest(8, 2, 0, Segment.MICRO_BUSINESS, File.THICK)
TOLD = Adaptive()

visits = st.lists(st.sampled_from([CONSUMER, SHOP, None]), max_size=300)
"""Who comes, or that somebody leaves."""


def most_inside(door: Admission, story: list[CreditRequest | None]) -> int:
    """The most people that were inside at a time, by the test's own count."""
    inside = most = 0
    for asked in story:
        if asked is not None:
            inside += door.enter(asked)
        elif inside:
            door.leave(0.5)
            inside -= 1
        most = max(most, inside)
    return most


def test_the_cap_lets_the_next_in_when_one_leaves() -> None:
    """Two at a time: the third is turned away until one is done."""
    door = InflightCapDoor(2)
    assert [door.enter(CONSUMER) for _ in range(3)] == [True, True, False]
    door.leave(0.5)
    assert [door.enter(CONSUMER) for _ in range(2)] == [True, False]


def test_a_turned_away_request_takes_no_room() -> None:
    """However many are turned away, one that leaves makes room for one."""
    door = InflightCapDoor(1)
    door.enter(CONSUMER)
    assert [door.enter(CONSUMER) for _ in range(100)] == [False] * 100
    door.leave(0.5)
    assert door.enter(CONSUMER)


@given(story=visits, limit=st.integers(1, 20), reserved=st.floats(0.0, 0.99))
def test_never_more_than_the_limit_at_a_time(*, story: list[CreditRequest | None], limit: int, reserved: float) -> None:
    """Whoever comes and goes, no door lets more in than its limit."""
    assert most_inside(InflightCapDoor(limit), story) <= limit
    assert most_inside(PriorityDoor(limit, reserved), story) <= limit
    told = Adaptive(start=limit, least=1, most=limit, window_s=0.1)
    assert most_inside(AdaptiveDoor(told, iter(range(10**6)).__next__), story) <= limit


def test_a_part_of_the_room_is_kept_for_micro_businesses() -> None:
    """Of ten places consumers get eight, shops all that are left."""
    door = PriorityDoor(10, 0.2)
    assert sum(door.enter(CONSUMER) for _ in range(20)) == 8
    assert sum(door.enter(SHOP) for _ in range(20)) == 2


def test_consumers_are_never_kept_out_for_good() -> None:
    """Even with nearly all the room reserved a consumer finds a place in an empty context."""
    assert PriorityDoor(2, 0.99).enter(CONSUMER)


@given(story=visits)
def test_a_shop_gets_in_wherever_a_consumer_does(story: list[CreditRequest | None]) -> None:
    """At no moment is a consumer let in where a micro business would be turned away."""
    door = PriorityDoor(10, 0.3)
    most_inside(door, story)
    if door.enter(CONSUMER):
        door.leave(0.5)
        assert door.enter(SHOP)


@pytest.mark.parametrize(
    ("short_s", "in_flight", "limit"),
    [
        (1.0, 100, 100.8),
        (0.5, 100, 100.8),
        (2.0, 100, 0.8 * 100 + 0.2 * ((598.0 + 2 * 2 + 1) / 601 / 2 * 100 + 4)),
        (100.0, 100, 0.8 * 100 + 0.2 * (0.5 * 100 + 4)),
        (1.0, 49, 100.0),
        (100.0, 49, 100.0),
    ],
)
def test_one_step_of_the_gradient(short_s: float, in_flight: int, limit: float) -> None:
    """Growth by 0.8, a cut in proportion down to a half, smoothed by a fifth; no move while half is unused."""
    gradient = Gradient2(TOLD.model_copy(update={"start": 100}))
    for _ in range(10):
        gradient.update(1.0, 0)
    gradient.update(short_s, in_flight)
    assert gradient.limit == pytest.approx(limit, rel=1e-4)


def test_a_slow_system_is_cut_to_the_least_and_comes_back() -> None:
    """Latency ten times longer takes the limit down to 20; when it is over the limit grows again."""
    gradient = Gradient2(TOLD.model_copy(update={"start": 200}))
    for _ in range(20):
        gradient.update(0.5, 200)
    for _ in range(30):
        gradient.update(5.0, 200)
    assert gradient.limit == 20.0
    for _ in range(100):
        gradient.update(0.5, 200)
    assert gradient.limit > 90.0


def test_a_slow_beginning_is_forgotten_soon() -> None:
    """After ten windows of 5 s and twenty of 1 s, 4 s are slow again: the baseline has come down by itself."""
    gradient = Gradient2(TOLD.model_copy(update={"start": 100}))
    for short_s in [5.0] * 10 + [1.0] * 20:
        gradient.update(short_s, 0)
    gradient.update(4.0, 100)
    assert gradient.limit < 92.0


@given(
    latencies=st.lists(st.tuples(st.floats(0.0, 60.0), st.integers(0, 400)), max_size=100),
    start=st.integers(20, 200),
)
def test_the_limit_stays_within_its_bounds(latencies: list[tuple[float, int]], start: int) -> None:
    """Whatever is measured, the limit lies between 20 and 200 and never falls by more than a tenth at a time."""
    gradient = Gradient2(TOLD.model_copy(update={"start": start}))
    for short_s, in_flight in latencies:
        before = gradient.limit
        gradient.update(short_s, in_flight)
        assert 20.0 <= gradient.limit <= 200.0
        assert gradient.limit >= 0.9 * before


def test_the_long_average() -> None:
    """The first ten values count alike, each later one 2/601."""
    average = LongAverage(600)
    assert [average.add(value) for value in (1.0, 3.0)] == [1.0, 2.0]
    for _ in range(8):
        average.add(2.0)
    assert average.add(602.5) == pytest.approx(2.0 + 600.5 * 2 / 601)


def test_a_window_is_a_second_and_ten_requests() -> None:
    """The door learns nothing from nine requests, nor from ten within a second."""
    clock = [0.0]
    door = AdaptiveDoor(Adaptive(start=20), lambda: clock[0])

    def twenty_take(took_s: float, at: float, leaving: int) -> int:
        clock[0] = at
        for _ in range(20):
            door.enter(CONSUMER)
        for _ in range(leaving):
            door.leave(took_s)
        return door.limit

    assert twenty_take(0.5, 0.9, 9) == 20
    assert twenty_take(0.5, 0.95, 9) == 20
    for second in range(1, 11):
        limit = twenty_take(0.5, float(second), 10)
    assert limit > 20
