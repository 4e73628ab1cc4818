"""Every intended arrival becomes one classified row; once a second the rows go to the live stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from creditstorm.credit.decision import Answer
from creditstorm.credit.outcomes import LimitBand, Outcome, Shown, classify, limit_band
from creditstorm.credit.truth import Eligibility
from locustfiles._session import Exchange

Row = tuple[object, ...]


class RowWriter(Protocol):
    """Where rows go; creditstorm.record.stream.LiveWriter is one."""

    def write(self, rows: list[Row]) -> None:
        """Append rows in the order of the columns."""

    def close(self) -> None:
        """End the stream."""


@dataclass
class Recorder:
    """Classifies exchanges with the code the analysis uses, and keeps count of them."""

    worker: int
    failure_as: str
    writer: RowWriter | None
    answered: int = 0
    recorded: int = 0
    wrongful: int = 0
    _rows: list[Row] = field(default_factory=list)

    def record(self, exchange: Exchange) -> Outcome:
        """Keep one exchange as a row; returns its outcome."""
        (intended_s, session, attempt, person), sent_s, done_s, reading = exchange
        outcome = outcome_of(exchange, self.failure_as)
        self.recorded += 1
        self.answered += reading.answer is not Answer.UNSENT
        self.wrongful += outcome is Outcome.WRONGFUL_NO_CREDIT
        if self.writer is not None:
            self._rows.append(
                (
                    *(intended_s, sent_s, done_s, person.applicant, session, attempt, person.segment, person.file),
                    *(person.truth, person.truth_limit_cny, person.truth_score, reading.answer, reading.limit_cny),
                    *(reading.reason, reading.cause, outcome, reading.strategy_version, *reading.evidence),
                    *(reading.http_status, reading.error, self.worker),
                )
            )
        return outcome

    def flush(self, breathe: Callable[[], object] = lambda: None, *, at_once: int = 500) -> None:
        """Write the rows so far, `at_once` at a time (about 1 ms); `breathe` lets taps go out in between."""
        rows, self._rows = self._rows, []
        for start in range(0, len(rows), at_once):
            if start:
                breathe()
            if self.writer is not None:
                self.writer.write(rows[start : start + at_once])

    def close(self) -> None:
        """Write what is left and end the stream."""
        self.flush()
        if self.writer is not None:
            self.writer.close()


def outcome_of(exchange: Exchange, failure_as: str) -> Outcome:
    """The outcome of an exchange."""
    person, reading = exchange.tap.person, exchange.reading
    eligible = person.truth == Eligibility.ELIGIBLE
    band = limit_band(reading.limit_cny or 0, person.truth_limit_cny)
    return _classified(eligible, reading.answer, band, reading.reason, reading.cause, failure_as)


@lru_cache(maxsize=4096)
def _classified(  # noqa: PLR0913 - the key of a table
    eligible: bool,  # noqa: FBT001
    answer: Answer,
    band: LimitBand,
    reason: str | None,
    cause: str | None,
    failure_as: str,
) -> Outcome:
    shown = Shown(eligible=eligible, answer=answer, limit=band, reason=reason, cause=cause)
    return classify(shown, failure_as=failure_as)
