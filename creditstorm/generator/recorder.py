"""Every intended arrival becomes one classified row; once a second the rows go to the live stream."""

from collections.abc import Callable
from dataclasses import dataclass, field

from creditstorm.credit import Answer, Outcome, Shown, classify, limit_band
from creditstorm.credit.truth import Eligibility
from creditstorm.demand.sessions import Exchange, ParsedReply, Person
from creditstorm.generator.worker_files import Row, RowWriter


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
    _outcomes: dict[tuple[object, ...], Outcome] = field(default_factory=dict)

    def record(self, exchange: Exchange) -> Outcome:
        """Keep one exchange as a row; returns its outcome."""
        (intended_s, session, attempt, person), sent_s, done_s, reply = exchange
        answer, limit_cny, reason, cause, version, evidence, http_status, error = reply
        outcome = self._outcome(person, reply)
        self.recorded += 1
        self.answered += answer is not Answer.UNSENT
        self.wrongful += outcome is Outcome.WRONGFUL_NO_CREDIT
        instants = (intended_s, sent_s, done_s)
        shown = (answer, limit_cny, reason, cause, outcome, version)
        applicant, standing = person[0], person[1:]
        ending = (http_status, error, self.worker)
        if self.writer is not None:
            self._rows.append((*instants, applicant, session, attempt, *standing, *shown, *evidence, *ending))
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
