"""What a worker writes: a classified row for every intended arrival, and small files that say how far it is."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from creditstorm.credit import Answer, Outcome, Shown, classify, limit_band
from creditstorm.credit.truth import Eligibility
from creditstorm.demand.sessions import NO_CALLS, Exchange, ParsedReply, Person
from creditstorm.messages import LoadStart, Message, WorkerReady
from creditstorm.record import schema
from creditstorm.record.files import read_json_object, replace_json
from creditstorm.record.folder import LiveFolder
from creditstorm.record.stream import LiveWriter
from creditstorm.strain import LagLog

Row = tuple[object, ...]
ALL_KEPT_S: Final = 1e9
"""Later than any answer of any run: every row is in its stream."""


class RowWriter(Protocol):
    """Where rows go; creditstorm.record.stream.LiveWriter is one."""

    def write(self, rows: list[Row]) -> None:
        """Append rows in the order of the columns."""

    def close(self) -> None:
        """End the stream."""


class WorkerFiles:
    """The files of one worker in `live/`; none is written where nobody keeps a record and `live_dir` is None."""

    def __init__(self, live_dir: Path | None, worker: int) -> None:
        self._live = LiveFolder(live_dir) if live_dir else None
        self._worker = worker

    def answers(self, planned: int) -> RowWriter | None:
        """The stream of its answers, begun now."""
        if self._live is None:
            return None
        self._live.make()
        labels = {"planned": str(planned), "worker": str(self._worker)}
        return LiveWriter(self._live.answers(self._worker), schema.ANSWERS, labels)

    def notices(self) -> RowWriter | None:
        """The stream of the notices that reach its people, begun now."""
        return LiveWriter(self._live.notices(self._worker), schema.NOTICES) if self._live else None

    def complaints(self) -> RowWriter | None:
        """The stream of the complaints of its people, begun now."""
        return LiveWriter(self._live.complaints(self._worker), schema.COMPLAINTS) if self._live else None

    def lag(self, tick_s: float) -> LagLog | None:
        """Where it notes how late it comes round, begun now."""
        return LagLog(self._live.lag(f"{schema.GENERATOR}-{self._worker}"), tick_s) if self._live else None

    def say_ready(self, planned: int) -> None:
        """It has worked out what to do, and waits for the start."""
        if self._live is not None:
            replace_json(self._live.ready(self._worker), WorkerReady(planned, os.getpid()).as_json())

    def say_progress(self, progress: Message) -> None:
        """How far it is."""
        if self._live is not None:
            replace_json(self._live.progress(self._worker), progress.as_json())

    def say_done(self, done: Message) -> None:
        """Every row is in its stream."""
        if self._live is not None:
            replace_json(self._live.done(self._worker), done.as_json())


def read_start(path: Path) -> LoadStart | None:
    """The start, once it is there."""
    content = read_json_object(path)
    return None if content is None else LoadStart.parse(content)


@dataclass
class Recorder:
    """Classifies exchanges with the code the analysis uses, and keeps count of them."""

    worker: int
    failure_as: str
    writer: RowWriter | None
    answered: int = 0
    recorded: int = 0
    wrongful: int = 0
    _kept: list[tuple[Exchange, Outcome]] = field(default_factory=list)
    _outcomes: dict[tuple[object, ...], Outcome] = field(default_factory=dict)

    def record(self, exchange: Exchange) -> Outcome:
        """Keep one exchange, which becomes a row; returns its outcome."""
        reply = exchange.reply
        outcome = self._outcome(exchange.tap.person, reply)
        self.recorded += 1
        self.answered += reply.answer is not Answer.UNSENT
        self.wrongful += outcome is Outcome.WRONGFUL_NO_CREDIT
        if self.writer is not None:
            # One by one, in between other work, rows would cost twice the time that they take one after the other.
            self._kept.append((exchange, outcome))
        return outcome

    @property
    def waiting(self) -> int:
        """How many rows are not written yet."""
        return len(self._kept)

    def flush(self, breathe: Callable[[], object] = lambda: None, *, at_once: int = 250) -> None:
        """Write the rows so far, `at_once` at a time (about 1 ms); `breathe` lets taps go out in between."""
        kept, self._kept = self._kept, []
        for start in range(0, len(kept), at_once):
            if start:
                breathe()
            if self.writer is not None:
                self.writer.write([self._row(*one) for one in kept[start : start + at_once]])

    def close(self) -> None:
        """Write what is left and end the stream."""
        self.flush()
        if self.writer is not None:
            self.writer.close()

    def _row(self, exchange: Exchange, outcome: Outcome) -> Row:
        (intended_s, session, attempt, person), sent_s, done_s, reply, began_s = exchange
        answer, limit_cny, reason, cause, version, evidence, http_status, error, calls, _, basis = reply
        instants = (intended_s, sent_s, done_s)
        applicant, standing = person[0], person[1:]
        who = (applicant, session, attempt, *standing)
        shown = (answer, limit_cny, reason, cause, outcome, version)
        ending = (http_status, error, self.worker)
        called = calls_at(sent_s if began_s is None else began_s, calls)
        return (*instants, *who, *shown, *evidence, *ending, *called, *basis)

    def _outcome(self, person: Person, reply: ParsedReply) -> Outcome:
        # A few dozen different cases make up all answers, so each is classified once.
        band = limit_band(reply.limit_cny or 0, person.truth_limit_cny)
        case = (person.truth, reply.answer, band, reply.reason, reply.cause)
        outcome = self._outcomes.get(case)
        if outcome is None:
            eligible = person.truth == Eligibility.ELIGIBLE
            case_shown = Shown(eligible, reply.answer, band, reply.reason, reply.cause)
            outcome = self._outcomes[case] = classify(case_shown, failure_as=self.failure_as)
        return outcome


def calls_at(began_s: float | None, calls: Sequence[float | None]) -> Sequence[float | None]:
    """The instants of calls that are told in seconds after `began_s`."""
    if began_s is None or calls is NO_CALLS:
        return NO_CALLS
    return [None if after is None else began_s + after for after in calls]
