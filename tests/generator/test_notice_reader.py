"""Of all notifications a worker keeps those that its own people wait for, once, whatever happens to the connection."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import gevent
import pytest
from geventhttpclient.response import HTTPParseError
from creditstorm.credit.applicants import Population
from creditstorm.credit.changes import Change, ProfileUpdate, StrategyChange
from creditstorm.credit.decision import Answer
from creditstorm.credit.oracle import Oracle
from creditstorm.credit.strategy import Strategy
from creditstorm.demand.sessions import ParsedReply, Person, person
from creditstorm.generator.notice_reader import PAGE_SIZE, NoticeReader
from creditstorm.generator.replies import Reply
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import NOTICES
from creditstorm.record.seal import load_notices
from creditstorm.record.stream import LiveWriter
from tests.generator.lives import ELIGIBLE, INELIGIBLE, exchange
from tests.generator.test_recorder import FakeWriter

UNDETERMINED = ParsedReply(Answer.UNDETERMINED, 0, "T_SOURCE", "late:bureau")


class FakeClock:
    """It stands at 9 s, which is unix 1009 s."""

    def now_s(self) -> float:
        return 9.0

    def at_s(self, unix_s: float) -> float:
        return unix_s - 1000.0


def notice(session: int = 5, attempt: int = 1, **changed: object) -> dict[str, object]:
    """One notification as the lender sends it."""
    said = {"answer": "approved", "limit_cny": 20_000, "reason": "granted", "cause": "credit:score"}
    ids = {"applicant": 42, "session": session, "attempt": attempt}
    instants = {"strategy_version": "v1", "deferred_at": 1001.25, "decided_at": 1008.5}
    return {**ids, **said, **instants, **changed}


def page(*notices: dict[str, object], cursor: int = 1) -> Callable[[], Reply]:
    """A page of these."""
    body = json.dumps({"cursor": cursor, "notifications": notices, "counts": {}}).encode()
    return lambda: Reply(200, retry_after=False, body=body)


def broken(error: BaseException) -> Callable[[], Reply]:
    """A page that cannot be had."""

    def raise_it() -> Reply:
        raise error

    return raise_it


@dataclass
class Lender:
    """Gives one page after the other and remembers the cursors it was asked with."""

    pages: list[Callable[[], Reply]]
    cursors: list[int] = field(default_factory=list)

    def fetch(self, after: int) -> Reply:
        self.cursors.append(after)
        return self.pages[len(self.cursors) - 1]()


def waiting(lender: Lender, *persons: tuple[int, Person], attempt: int = 1) -> NoticeReader:
    """NoticeReader of a worker whose people wait in these sessions; the clock stands at 9 s, which is unix 1009 s."""
    notices = NoticeReader(3, lender.fetch, FakeClock())
    notices.writer = FakeWriter()
    for session, who in persons:
        notices.answered(exchange(UNDETERMINED, person=who, session=session, attempt=attempt))
    return notices


def rows(notices: NoticeReader) -> list[tuple[object, ...]]:
    """All rows that were kept."""
    assert isinstance(notices.writer, FakeWriter)
    return [row for batch in notices.writer.batches for row in batch]


def test_a_notice_becomes_a_row() -> None:
    """When it arrived, whom it reached, what it said, what that is worth, and from when until when they waited."""
    notices = waiting(Lender([page(notice())]), (5, ELIGIBLE))
    assert notices.look() == 1
    assert rows(notices) == [(9.0, 42, 5, 1, "approved", 20_000, "granted", "correct", 1.25, 8.5, 3)]
    assert notices.notified == {5}


@pytest.mark.parametrize(
    ("person", "said", "outcome"),
    [
        (ELIGIBLE, {"limit_cny": 2_000}, "limit_cut"),
        (ELIGIBLE, {"answer": "no_credit", "limit_cny": 0, "reason": "C_SCORE"}, "wrongful_no_credit"),
        (INELIGIBLE, {}, "wrongful_approval"),
        (INELIGIBLE, {"answer": "no_credit", "limit_cny": 0, "reason": "C_SCORE"}, "correct"),
    ],
)
def test_a_notice_is_held_against_the_truth(person: Person, said: dict[str, object], outcome: str) -> None:
    """By the same code as every answer."""
    notices = waiting(Lender([page(notice(**said))]), (5, person))
    notices.look()
    assert rows(notices)[0][7] == outcome


@pytest.mark.parametrize(
    ("instants", "decided_s"),
    [
        ({"decided_at": 1000.5}, 1.25),
        ({"decided_at": 1e10}, 9.0),
        ({"decided_at": 1004.0}, 4.0),
    ],
)
def test_a_decision_lies_between_deferral_and_notice(instants: dict[str, object], decided_s: float) -> None:
    """Also by the clock of another machine that goes wrong."""
    notices = waiting(Lender([page(notice(**instants))]), (5, ELIGIBLE))
    notices.look()
    assert rows(notices)[0][9] == decided_s


@pytest.mark.parametrize(
    ("status", "body", "kept"),
    [
        (200, b'{"taken":true,"answer":"referred","eta_s":60.0}', 1),
        (200, b'{"taken":true}', 0),
        (200, b'{"taken":true,"answer":null}', 0),
        (200, b"[]", 0),
        (404, b'{"answer":"referred"}', 0),
    ],
)
def test_who_is_referred_has_a_row_and_waits_on(status: int, body: bytes, kept: int) -> None:
    """One of no decision, and the decision has its own; a lender that says anything else refers nobody."""
    notices = waiting(Lender([page(notice())]))
    complained_of = exchange(UNDETERMINED, person=ELIGIBLE, session=5, attempt=1)
    notices.complained(complained_of)
    notices.heard(complained_of, Reply(status, retry_after=False, body=body))
    assert rows(notices) == [(9.0, 42, 5, 1, "referred", 0, None, "deferred", 1.25, None, 3)] * kept
    assert notices.notified == set()
    notices.look()
    assert [row[4] for row in rows(notices)] == ["referred"] * kept + ["approved"]


def test_a_complaint_that_could_not_be_told_refers_nobody() -> None:
    """Nor does one whose answer comes after the decision."""
    notices = waiting(Lender([page(notice())]), (5, ELIGIBLE))
    complained_of = exchange(UNDETERMINED, person=ELIGIBLE, session=5, attempt=1)
    notices.heard(complained_of, None)
    notices.look()
    notices.heard(complained_of, Reply(200, retry_after=False, body=b'{"answer":"referred"}'))
    assert [row[4] for row in rows(notices)] == ["approved"]


def test_a_lender_that_does_not_say_when_decided_just_now() -> None:
    """The instant of its arrival is the nearest one that is known."""
    silent = {key: value for key, value in notice().items() if key != "decided_at"}
    notices = waiting(Lender([page(silent)]), (5, ELIGIBLE))
    notices.look()
    assert rows(notices)[0][9] == 9.0


STRICT = StrategyChange(name="v2", from_s=5.0, until_s=100.0, strategy=Strategy("v2", cut_off=900.0), legitimate=True)
POORER = ProfileUpdate(name="fired", from_s=5.0, source="income", share=1.0, factor=0.0)
DENIED = {"answer": "no_credit", "limit_cny": 0, "reason": "C_SCORE"}


@pytest.mark.parametrize(
    ("change", "decided_at", "told", "outcome"),
    [
        (STRICT, 1004.0, DENIED, "wrongful_no_credit"),
        (STRICT, 1006.0, DENIED, "correct"),
        (STRICT, 1006.0, {}, "wrongful_approval"),
        (POORER, 1004.0, DENIED, "wrongful_no_credit"),
        (POORER, 1006.0, DENIED, "correct"),
    ],
)
def test_a_notice_is_held_against_the_truth_of_its_own_instant(
    change: Change, decided_at: float, told: dict[str, object], outcome: str
) -> None:
    """Who tapped before other rules, or other facts, is judged by those that the decision was made under."""
    oracle = Oracle(Population(7, 1000), Strategy(), (change,))
    who = next(p for n in range(1000) if turned(p := person(oracle, n, 1.0), person(oracle, n, 9.0)))
    notices = NoticeReader(3, Lender([page(notice(decided_at=decided_at, **told))]).fetch, FakeClock(), oracle)
    notices.writer = FakeWriter()
    notices.answered(exchange(UNDETERMINED, person=who, session=5))
    notices.look()
    assert rows(notices)[0][7] == outcome


def turned(before: Person, after: Person) -> bool:
    """Whether the change made an eligible person ineligible."""
    return (before.truth, after.truth) == ("eligible", "ineligible")


def test_the_people_of_other_workers_are_theirs() -> None:
    """A notice for a session that did not wait here is left alone, and so is one that comes twice."""
    lender = Lender([page(notice(6), notice(5), notice(5, 2)), page(notice(5))])
    notices = waiting(lender, (5, ELIGIBLE))
    assert (notices.look(), notices.look()) == (3, 1)
    assert [row[2] for row in rows(notices)] == [5]


def test_the_cursor_moves_on() -> None:
    """Each page is asked for behind the one before it."""
    lender = Lender([page(cursor=7), page(cursor=7), page(cursor=9)])
    notices = waiting(lender)
    assert [notices.look() for _ in range(3)] == [0, 0, 0]
    assert lender.cursors == [0, 7, 7]


@pytest.mark.parametrize(
    "trouble",
    [
        broken(ConnectionRefusedError()),
        broken(HTTPParseError()),
        broken(gevent.Timeout()),
        lambda: Reply(503, retry_after=True, body=b""),
        lambda: Reply(200, retry_after=False, body=b'{"cursor": 1, "notific'),
        page(notice(answer="perhaps")),
        page(cursor=-1),
    ],
)
def test_a_page_that_cannot_be_had_is_asked_for_again(trouble: Callable[[], Reply]) -> None:
    """The cursor stays, and the next page brings what this one did not."""
    lender = Lender([trouble, page(notice())])
    notices = waiting(lender, (5, ELIGIBLE))
    assert (notices.look(), notices.look()) == (0, 1)
    assert lender.cursors == [0, 0]
    assert len(rows(notices)) == 1


def test_who_was_answered_meanwhile_waits_no_more() -> None:
    """A decision after another tap ends the waiting; one more "undetermined" does not."""
    lender = Lender([page(notice(5), notice(6, 2))])
    notices = waiting(lender, (5, ELIGIBLE), (6, ELIGIBLE))
    notices.answered(exchange(ParsedReply(Answer.APPROVED, 20_000), session=5, attempt=2))
    notices.answered(exchange(UNDETERMINED, session=6, attempt=2))
    notices.look()
    assert [row[2:4] for row in rows(notices)] == [(6, 2)]


def test_full_pages_are_read_at_once() -> None:
    """Behind a full page there may be more, and the reader does not wait for it."""
    lender = Lender([page(*(notice(n) for n in range(PAGE_SIZE)), cursor=PAGE_SIZE), page(cursor=PAGE_SIZE)])
    notices = waiting(lender)
    assert [notices.look(), notices.look()] == [PAGE_SIZE, 0]


def test_rows_reach_the_record(tmp_path: Path) -> None:
    """Written to the live stream they are read back as the table of notices."""
    folder = RunFolder(tmp_path)
    folder.live.mkdir()
    notices = waiting(Lender([page(notice())]), (5, ELIGIBLE))
    notices.writer = LiveWriter(LiveFolder(folder.live).notices(3), NOTICES)
    notices.look()
    notices.close()
    assert load_notices(folder).column("outcome").to_pylist() == ["correct"]
