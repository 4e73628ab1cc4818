"""Notices are read page by page, each once, by a reader who keeps the cursor."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_services.deferrals.queue import Notice, NoticeBoard
from mock_services.policies.case import approved
from tests.mock_services.policies.cases import PEOPLE, asked_by


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


def test_nothing_new_keeps_the_cursor() -> None:
    """A reader who has seen all gets an empty page and the same cursor."""
    assert board_of(3).page(3, 10) == {"cursor": 3, "notifications": []}


def test_a_cursor_from_before_a_restart_reads_from_the_beginning() -> None:
    """A service that counts anew has not shown this reader anything yet."""
    assert sessions(board_of(2).page(57, 10)) == [1, 2]
