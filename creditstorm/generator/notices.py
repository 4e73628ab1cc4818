"""Notices as rows: who of a worker's people, undecided before or not content, is notified when and of what."""

from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Final, Literal, NotRequired, Protocol

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict
from creditstorm.credit import Answer, Outcome, Reason, Shown, classify, limit_band
from creditstorm.credit.decision import DECISIONS, UNDECIDED
from creditstorm.credit.oracle import Oracle
from creditstorm.credit.truth import Eligibility
from creditstorm.demand.sessions import Exchange, Person, person
from creditstorm.generator.recorder import Row, RowWriter
from creditstorm.generator.replies import Reply

PAGE_SIZE: Final = 500
LOOK_S: Final = 0.5


class NoticeBody(TypedDict):
    """One notification, as far as the load reads it."""

    session: int
    attempt: int
    answer: Literal[Answer.APPROVED, Answer.NO_CREDIT, Answer.ACTION_NEEDED]
    limit_cny: Annotated[int, Field(ge=0, lt=2**31)]
    reason: Reason
    cause: Annotated[str, Field(max_length=80)]
    decided_at: NotRequired[Annotated[float, Field(allow_inf_nan=False)]]


class NoticePage(TypedDict):
    """What lies behind a cursor, and the next cursor."""

    cursor: Annotated[int, Field(ge=0, lt=2**63)]
    notifications: list[NoticeBody]


class HeardBody(TypedDict):
    """What a lender says to a complaint, as far as the load reads it."""

    answer: NotRequired[str | None]


_PAGE: Final = TypeAdapter(NoticePage)
_HEARD: Final = TypeAdapter(HeardBody)


class LoadTime(Protocol):
    """The time of the load; creditstorm.generator.load_clock.LoadClock keeps it."""

    def now_s(self) -> float:
        """The present instant."""

    def at_s(self, unix_s: float) -> float:
        """The instant that unix seconds name."""


class NoticeRows:
    """Keeps a row for each notification that a person of this worker waits for.

    A page that cannot be had is asked for again later, so nothing is lost but a little time. Where people or rules
    change an `oracle` says what was true when each decision was made.
    """

    def __init__(self, worker: int, clock: LoadTime, oracle: Oracle | None = None) -> None:
        self.notified: set[int] = set()
        """The sessions that have their answer."""
        self.writer: RowWriter | None = None
        self.cursor = 0
        """What to ask for next: what lies behind this."""
        self._worker = worker
        self._clock = clock
        self._oracle = oracle
        self._deferred: dict[tuple[int, int], Exchange] = {}

    def answered(self, exchange: Exchange) -> None:
        """A tap got its answer: one that decides nothing lets the person wait, a decision ends that of the session."""
        tap, answer = exchange.tap, exchange.reply.answer
        if answer in UNDECIDED:
            self._deferred[tap.session, tap.attempt] = exchange
        elif answer in DECISIONS:
            self._forget(tap.session, tap.attempt)

    def complained(self, exchange: Exchange) -> None:
        """A person complained of this answer, whatever it was, and may be notified of another."""
        self._deferred[exchange.tap.session, exchange.tap.attempt] = exchange

    def heard(self, exchange: Exchange, reply: Reply | None) -> None:
        """What was said to the complaint: who is referred is undecided from now on, and a row says so."""
        tap = exchange.tap
        if self.writer is None or tap.session in self.notified or not _refers(reply):
            return
        said = (Answer.REFERRED, 0, None, Outcome.DEFERRED, exchange.done_s, None, self._worker)
        self.writer.write([(self._clock.now_s(), tap.person.applicant, tap.session, tap.attempt, *said)])

    def take(self, reply: Reply | None) -> int:
        """Keep what a page tells, if there is one; returns how many notices were on it."""
        page = _page(reply)
        if page is None:
            return 0
        self.cursor = page["cursor"]
        rows = [row for notice in page["notifications"] if (row := self._row(notice)) is not None]
        if rows and self.writer is not None:
            self.writer.write(rows)
        return len(page["notifications"])

    def close(self) -> None:
        """End the stream of rows."""
        if self.writer is not None:
            self.writer.close()

    def _row(self, notice: NoticeBody) -> Row | None:
        session, attempt = notice["session"], notice["attempt"]
        exchange = self._deferred.get((session, attempt))
        if exchange is None:
            return None
        self._forget(session, attempt)
        self.notified.add(session)
        arrived_s = self._clock.now_s()
        decided_s = self._decided_s(notice, exchange, arrived_s)
        who = self._as_of(exchange.tap.person, decided_s)
        decided = (notice["answer"], notice["limit_cny"], notice["reason"], outcome_of(notice, who))
        return (arrived_s, who.applicant, session, attempt, *decided, exchange.done_s, decided_s, self._worker)

    def _decided_s(self, notice: NoticeBody, exchange: Exchange, arrived_s: float) -> float:
        """When it was decided: after the answer that deferred it and before the notice arrived, by whatever clock."""
        decided_at = notice.get("decided_at")
        decided_s = arrived_s if decided_at is None else self._clock.at_s(decided_at)
        return min(max(decided_s, exchange.done_s or 0.0), arrived_s)

    def _as_of(self, then: Person, t_s: float) -> Person:
        return then if self._oracle is None else person(self._oracle, then.applicant, t_s)

    def _forget(self, session: int, attempt: int) -> None:
        for earlier in range(1, attempt + 1):
            self._deferred.pop((session, earlier), None)


def _page(reply: Reply | None) -> NoticePage | None:
    if reply is None or reply.status != HTTPStatus.OK:
        return None
    try:
        return _PAGE.validate_json(reply.body)
    except ValidationError:
        return None


def _refers(reply: Reply | None) -> bool:
    """Whether a complaint was answered `referred`."""
    if reply is None or reply.status != HTTPStatus.OK:
        return False
    with suppress(ValidationError):
        return _HEARD.validate_json(reply.body).get("answer") == Answer.REFERRED
    return False


def outcome_of(notice: NoticeBody, person: Person) -> Outcome:
    """What a notice is worth, by the code that classifies every other answer."""
    band = limit_band(notice["limit_cny"], person.truth_limit_cny)
    eligible = person.truth == Eligibility.ELIGIBLE
    return classify(Shown(eligible, Answer(notice["answer"]), band, notice["reason"], notice["cause"]))
