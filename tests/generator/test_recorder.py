from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from creditstorm.credit.decision import Answer
from creditstorm.credit.outcomes import Outcome
from creditstorm.credit.sources import SERVICES
from creditstorm.demand.sessions import Exchange, ParsedReply, Person, Tap
from creditstorm.generator.recorder import Recorder, Row
from creditstorm.generator.replies import Reply, failed, parse_reply, timed_out
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import ANSWERS
from creditstorm.record.seal import load_answers
from creditstorm.record.stream import LiveWriter
from tests.generator.lives import ELIGIBLE, INELIGIBLE, exchange


@dataclass
class FakeWriter:
    batches: list[list[Row]] = field(default_factory=list)
    closed: bool = False

    def write(self, rows: list[Row]) -> None:
        self.batches.append(rows)

    def close(self) -> None:
        self.closed = True


def recorder(failure_as: str = "error") -> Recorder:
    return Recorder(0, failure_as, FakeWriter())


APPROVED = ParsedReply(Answer.APPROVED, 20_000, "granted", "credit:score", "v1", http_status=200)
DENIED = ParsedReply(Answer.NO_CREDIT, 0, "C_SCORE", "late:bureau", "v1", http_status=200)


@pytest.mark.parametrize(
    ("person", "reading", "painted", "outcome"),
    [
        (ELIGIBLE, APPROVED, "error", Outcome.CORRECT),
        (ELIGIBLE, APPROVED._replace(limit_cny=10_000), "error", Outcome.LIMIT_CUT),
        (ELIGIBLE, APPROVED._replace(limit_cny=30_000), "error", Outcome.LIMIT_INFLATED),
        (ELIGIBLE, DENIED, "error", Outcome.WRONGFUL_NO_CREDIT),
        (ELIGIBLE, timed_out(), "error", Outcome.UNAVAILABLE),
        (ELIGIBLE, timed_out(), "no_credit", Outcome.WRONGFUL_NO_CREDIT),
        (ELIGIBLE, failed(OSError()), "error", Outcome.UNAVAILABLE),
        (ELIGIBLE, ParsedReply(Answer.UNSENT), "no_credit", Outcome.UNAVAILABLE),
        (ELIGIBLE, ParsedReply(Answer.UNDETERMINED, None, "T_SOURCE", "late:bureau"), "error", Outcome.DEFERRED),
        (INELIGIBLE, APPROVED, "error", Outcome.WRONGFUL_APPROVAL),
        (INELIGIBLE, DENIED, "error", Outcome.WRONG_REASON),
        (INELIGIBLE, DENIED._replace(cause="credit:score"), "error", Outcome.CORRECT),
    ],
)
def test_an_answer_is_classified_against_the_truth(
    person: Person, reading: ParsedReply, painted: str, outcome: Outcome
) -> None:
    """The outcome is the analysis's own, also the second time it is looked up."""
    keeper = recorder(painted)
    assert [keeper.record(exchange(reading, person=person)) for _ in range(2)] == [outcome, outcome]


def test_counts_follow_the_rows() -> None:
    """Unsent ones are recorded, not answered; wrongful ones are people wrongly told "no credit"."""
    keeper = recorder()
    for reading in (APPROVED, DENIED, ParsedReply(Answer.UNSENT), timed_out()):
        keeper.record(exchange(reading))
    assert (keeper.recorded, keeper.answered, keeper.wrongful) == (4, 3, 1)


def test_rows_are_written_a_part_at_a_time() -> None:
    """Between two parts others get their turn."""
    keeper, breaths = recorder(), []
    for _ in range(5):
        keeper.record(exchange(APPROVED))
    keeper.flush(lambda: breaths.append(1), at_once=2)
    assert isinstance(keeper.writer, FakeWriter)
    assert [len(batch) for batch in keeper.writer.batches] == [2, 2, 1]
    assert len(breaths) == 2


def test_closing_writes_what_is_left() -> None:
    """No row stays behind."""
    keeper = recorder()
    keeper.record(exchange(APPROVED))
    keeper.close()
    assert isinstance(keeper.writer, FakeWriter)
    assert (len(keeper.writer.batches[0]), keeper.writer.closed) == (1, True)


def test_calls_are_counted_from_when_the_lender_took_the_tap_up() -> None:
    """That is what it says, else the instant of sending."""
    calls = (0.5, 0.75, *(None,) * (2 * len(SERVICES) - 2))
    keeper = recorder()
    for began_s in (1.125, None):
        keeper.record(exchange(APPROVED._replace(calls=calls))._replace(began_s=began_s))
    keeper.flush()
    assert isinstance(keeper.writer, FakeWriter)
    places = [ANSWERS.names.index(f"identity_{instant}") for instant in ("began_s", "ended_s")]
    assert [[row[place] for place in places] for row in keeper.writer.batches[0]] == [[1.625, 1.875], [1.5, 1.75]]


def test_a_row_has_every_column_in_its_place(tmp_path: Path) -> None:
    """Through the real stream, each value comes back under its name."""
    folder = RunFolder(tmp_path)
    folder.live.mkdir()
    keeper = Recorder(3, "error", LiveWriter(LiveFolder(folder.live).answers(3), ANSWERS))
    bureau = '{"status": "empty", "latency_s": 2.0, "rejected": true, "began_s": 0.25, "ended_s": 2.25}'
    evidence = f'{{"bureau": {bureau}, "scoring": {{"status": "skipped"}}}}'
    said = '"answer": "no_credit", "limit_cny": 0, "reason": "C_SCORE", "cause": "empty:bureau"'
    body = f'{{{said}, "evidence": {evidence}}}'
    keeper.record(exchange(parse_reply(Reply(200, retry_after=False, body=body.encode())), session=11, attempt=2))
    keeper.record(Exchange(Tap(2.0, 12, 1, INELIGIBLE), None, None, ParsedReply(Answer.UNSENT)))
    keeper.close()
    table = load_answers(folder).drop_columns([n for n in ANSWERS.names if n.split("_")[0] in _OTHERS]).to_pylist()
    assert table == [WRITTEN, UNSENT]


_OTHERS = ("identity", "repayment", "consumption", "income", "social")
WRITTEN = {
    "intended_s": 1.0,
    "sent_s": 1.0,
    "done_s": 1.25,
    "applicant": 42,
    "session": 11,
    "attempt": 2,
    "segment": "consumer",
    "file": "thick",
    "truth": "eligible",
    "truth_limit_cny": 20_000,
    "truth_score": 612.5,
    "truth_stable": "eligible",
    "answer": "no_credit",
    "limit_cny": 0,
    "reason": "C_SCORE",
    "cause": "empty:bureau",
    "outcome": "wrongful_no_credit",
    "strategy_version": None,
    "bureau_status": "empty",
    "bureau_age_s": None,
    "bureau_latency_s": 2.0,
    "bureau_rejected": True,
    "bureau_null_field": False,
    "scoring_status": "skipped",
    "scoring_age_s": None,
    "scoring_latency_s": None,
    "scoring_rejected": False,
    "scoring_null_field": False,
    "http_status": 200,
    "error": None,
    "worker": 3,
    "bureau_began_s": 1.25,
    "bureau_ended_s": 3.25,
    "scoring_began_s": None,
    "scoring_ended_s": None,
}
UNSENT = {
    **dict.fromkeys(WRITTEN),
    "intended_s": 2.0,
    "applicant": 43,
    "session": 12,
    "attempt": 1,
    "segment": "micro_business",
    "file": "thin",
    "truth": "ineligible",
    "truth_limit_cny": 0,
    "truth_score": 500.0,
    "truth_stable": "ineligible",
    "answer": "unsent",
    "outcome": "unavailable",
    "worker": 3,
}
