"""The lender's own decision, taken again from a row of the record: by its rules, on the evidence that it used.

`replay` holds each decision that was recorded against the one that is taken again. The values that a score rests on
are in the row too, so that `rescored` gives the score on other evidence, and `Lender.decide` what it would have said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa
from creditstorm.credit.applicants import File, Segment
from creditstorm.credit.case import Case, CreditRequest, values_for_scoring
from creditstorm.credit.decision import DECISIONS, Answer, Decision
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.imputation import estimate_score
from creditstorm.credit.policies.presets import PolicySpec
from creditstorm.credit.reasons import Reason
from creditstorm.credit.rules import TURNED_AWAY, rule_of, words_of
from creditstorm.credit.sources import SERVICES
from creditstorm.credit.strategy import Strategy
from creditstorm.errors import UsageError
from creditstorm.record.schema import BASIS, RULED

Row = Mapping[str, Any]
"""A row of the answers, by column."""

COLUMNS: Final = (
    *("applicant", "session", "attempt", "segment", "file", "answer", "limit_cny", "reason", "cause"),
    *("strategy_version", *RULED),
    *(f"{s}_{name}" for s in SERVICES for name in ("status", "age_s", "rejected", "null_field", *BASIS)),
)
"""What of the answers is read here."""

SAID: Final = DECISIONS | {Answer.UNDETERMINED}
"""What the lender says by its rules, rather than by failing."""
REMEMBERED: Final = "last_known_good"
"""What fills in a value that was good once, and is therefore believed; any other stands in and is not."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that comes out otherwise than it was recorded."""

    row: int
    recorded: Decision
    again: Decision


@dataclass(frozen=True, slots=True)
class Replay:
    """How many of the answers were decisions, and those that come out otherwise, by their place among the answers."""

    decisions: int
    differences: tuple[Difference, ...]


class Lender:
    """Decides as a lender under this policy does; UsageError where the policy has a value of another package."""

    def __init__(self, policy: PolicySpec) -> None:
        rule, words = rule_of(policy.missing), words_of(policy.answer)
        if rule is None or words is None:
            raise UsageError(
                f"{policy.name}: only the policy's own package knows how it decides, so nothing can be replayed"
            )
        self._rule = rule
        self._words = words

    def decide(self, case: Case) -> Decision:
        """What the person is told in this case."""
        return self._words(self._rule(case))

    def again(self, row: Row) -> Decision:
        """What the person of a row is told, who may have been turned away before anybody was asked."""
        return self._words(TURNED_AWAY) if row["grace"] is None else self.decide(case_of(row))


def replay(answers: pa.Table, policy: PolicySpec) -> Replay:
    """Each decision among the answers, taken again. UsageError where the record is older than schema 4."""
    lender, decisions, differences = Lender(policy), 0, []
    for place, row in enumerate(_rows(answers)):
        if row["answer"] not in SAID:
            continue
        decisions += 1
        recorded, again = recorded_of(row), lender.again(row)
        if recorded != again:
            differences.append(Difference(place, recorded, again))
    return Replay(decisions, tuple(differences))


def recorded_of(row: Row) -> Decision:
    """The decision that the record has."""
    return Decision(Answer(row["answer"]), row["limit_cny"], Reason(row["reason"]), row["cause"])


def case_of(row: Row) -> Case:
    """What was decided on; UsageError where the row does not say it."""
    if row["cut_off"] is None or row["pdo"] is None:
        raise UsageError("the record does not say what was decided on (schema 4 does): run the scenario again")
    who = (row["applicant"], row["session"], row["attempt"], Segment(row["segment"]), File(row["file"]))
    strategy = Strategy(row["strategy_version"], row["cut_off"], row["pdo"])
    return Case(CreditRequest(*who), strategy, evidence_of(row), row["grace"])


def evidence_of(row: Row) -> dict[str, Evidence]:
    """The evidence that the decision used, old and filled-in values included."""
    return {service: _used(row, service) for service in SERVICES}


def rescored(case: Case) -> Case:
    """The case with the score that scoring gives on its values; nothing where scoring was lost."""
    scoring = case.evidence["scoring"]
    if not scoring.usable:
        return case
    score = estimate_score(case.request.file, values_for_scoring(case.evidence))
    return replace(case, evidence={**case.evidence, "scoring": replace(scoring, value=score.mean, sd=score.sd)})


def _used(row: Row, service: str) -> Evidence:
    def told(name: str) -> Any:  # noqa: ANN401 - of whatever type the column is
        return row[f"{service}_{name}"]

    filled_by, rejected = told("filled_by"), bool(told("rejected"))
    used = Evidence(
        EvidenceStatus(told("status")),
        age_s=told("age_s"),
        version=told("version"),
        null_field=bool(told("null_field")),
        rejected=rejected and filled_by != REMEMBERED,
    )
    if filled_by is not None:
        return replace(used, value=told("filled_value"))
    sd = row["scoring_sd"] if service == "scoring" else None
    return used if rejected else replace(used, value=_arrived(row, service), sd=sd)


def _arrived(row: Row, service: str) -> float | None:
    """The value that arrived; a null field reads as 0, as it did to the lender."""
    value: float | None = row[f"{service}_value"]
    return 0.0 if row[f"{service}_null_field"] else value


def _rows(answers: pa.Table) -> Iterator[Row]:
    for batch in answers.select(list(COLUMNS)).to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()
