"""Who waits is bounded, for a while, and in order: micro businesses first, then the newest."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.applicants import File, Segment
from creditstorm.credit.case import CreditRequest, approved
from mock_services.deferrals.queue import Deferred, DeferredQueue, Notice, NoticeBoard
from tests.mock_services.policies.cases import PEOPLE, asked_by


def waiting(
    session: int, at: float, *, lost: str = "bureau", segment: Segment = Segment.CONSUMER, attempt: int = 1
) -> Deferred:
    """A person who waits since an instant."""
    return Deferred(CreditRequest(1000 + session, session, attempt, segment, File.THICK), lost, at)


def queue_of(*those: Deferred, within_s: float = 600.0, most: int = 100) -> DeferredQueue:
    """A queue in which these wait."""
    queue = DeferredQueue(within_s, most)
    for one in those:
        queue.put(one)
    return queue


def drained(queue: DeferredQueue, *back: str) -> list[Deferred]:
    """All that can be taken while these services are back, in the order in which they come."""
    found = []
    while (one := queue.take(lambda lost: lost in back)) is not None:
        found.append(one)
    return found


people = st.lists(
    st.builds(
        waiting,
        st.integers(0, 30),
        st.floats(0, 100),
        lost=st.sampled_from(["bureau", "income"]),
        segment=st.sampled_from(Segment),
    ),
    max_size=60,
)


@given(people)
def test_micro_businesses_first_then_the_newest(those: list[Deferred]) -> None:
    """Everybody comes once, in an order that their segment and their instant alone decide."""
    found = drained(queue_of(*those), "bureau", "income")
    order = [(one.request.segment is Segment.MICRO_BUSINESS, one.deferred_at) for one in found]
    assert order == sorted(order, reverse=True)
    assert {one.key for one in found} == {one.key for one in those}
    assert len(found) == len({one.key for one in those})


@given(people)
def test_only_those_whose_service_is_back(those: list[Deferred]) -> None:
    """Who waits for another service goes on waiting."""
    queue = queue_of(*those)
    before = len(queue)
    found = drained(queue, "income")
    assert {one.lost for one in found} <= {"income"}
    assert len(queue) == before - len(found)


@given(people, st.integers(1, 10))
def test_it_is_bounded_and_keeps_the_newest(those: list[Deferred], most: int) -> None:
    """Of too many those go that waited longest, and each of them is counted."""
    latest = list({one.key: one for one in those}.values())  # one tap a person, so that nobody replaces himself
    queue = queue_of(*latest, most=most)
    kept = drained(queue, "bureau", "income")
    assert len(kept) == min(most, len(latest))
    assert queue.dropped == len(latest) - len(kept)
    newest = sorted((one.deferred_at for one in latest), reverse=True)
    assert sorted((one.deferred_at for one in kept), reverse=True) == newest[:most]


def test_nobody_waits_for_longer_than_promised() -> None:
    """Who waited for more than `within` is dropped and counted, who waited exactly so long is not."""
    queue = queue_of(waiting(1, 0.0), waiting(2, 10.0), waiting(3, 11.0), within_s=10.0)
    queue.expire(20.0)
    assert (len(queue), queue.expired) == (2, 1)


def test_a_session_waits_once_with_its_latest_tap() -> None:
    """A second undetermined answer replaces the first."""
    queue = queue_of(waiting(1, 0.0), waiting(1, 5.0, attempt=2))
    assert [one.request.attempt for one in drained(queue, "bureau")] == [2]


def test_who_is_forgotten_is_not_decided_again() -> None:
    """Also one that never waited may be forgotten."""
    queue = queue_of(waiting(1, 0.0), waiting(2, 0.0))
    queue.forget((1001, 1))
    queue.forget((1001, 1))
    assert [one.request.session for one in drained(queue, "bureau")] == [2]


def test_the_oldest_goes_ahead_as_a_probe() -> None:
    """Whatever it waits for, and whoever it is."""
    shop = waiting(2, 3.0, lost="income", segment=Segment.MICRO_BUSINESS)
    queue = queue_of(shop, waiting(1, 2.0), replace(shop, request=waiting(3, 0.0).request, deferred_at=9.0))
    assert [queue.take_oldest() for _ in range(4)] == [
        waiting(1, 2.0),
        shop,
        replace(shop, request=waiting(3, 0.0).request, deferred_at=9.0),
        None,
    ]


def board_of(posted: int, *, most: int = 10_000) -> NoticeBoard:
    """A board on which sessions 1, 2, 3… were notified, in this order."""
    board = NoticeBoard(most)
    for session in range(1, posted + 1):
        board.post(notice(session))
    return board


def notice(session: int) -> Notice:
    """A notice of an approval."""
    return Notice(asked_by(PEOPLE.applicant(7), session=session, attempt=2), approved(9000), "v1", 10.0, 14.5)


def sessions(page: dict[str, object]) -> list[int]:
    """The sessions on a page, in order."""
    return [each["session"] for each in page["notifications"]]  # type: ignore[attr-defined]


def test_a_notice_as_it_is_sent() -> None:
    """Every key of the agreed payload."""
    assert board_of(1).page(0, 10) == {
        "cursor": 1,
        "notifications": [
            {
                "applicant": 7,
                "session": 1,
                "attempt": 2,
                "answer": "approved",
                "limit_cny": 9000,
                "reason": "granted",
                "cause": "credit:score",
                "strategy_version": "v1",
                "deferred_at": 10.0,
                "decided_at": 14.5,
            }
        ],
    }


@given(st.integers(0, 40), st.integers(1, 20), st.integers(1, 50))
def test_a_reader_sees_each_notice_that_is_kept_once(posted: int, limit: int, most: int) -> None:
    """Page after page, in the order of posting; what fell off a full board is skipped."""
    board, cursor, seen = board_of(posted, most=most), 0, []
    while found := sessions(page := board.page(cursor, limit)):
        assert len(found) <= limit
        seen += found
        cursor = int(str(page["cursor"]))
    assert seen == list(range(max(0, posted - most) + 1, posted + 1))


def test_as_many_notices_as_are_kept() -> None:
    """10,000; the oldest goes first."""
    board = NoticeBoard()
    for session in range(10_001):
        board.post(notice(session))
    assert sessions(board.page(0, 20_000))[::9_999] == [1, 10_000]


def test_nothing_new_keeps_the_cursor() -> None:
    """A reader who has seen all gets an empty page and the same cursor."""
    assert board_of(3).page(3, 10) == {"cursor": 3, "notifications": []}


def test_a_cursor_from_before_a_restart_reads_from_the_beginning() -> None:
    """A service that counts anew has not shown this reader anything yet."""
    assert sessions(board_of(2).page(57, 10)) == [1, 2]
