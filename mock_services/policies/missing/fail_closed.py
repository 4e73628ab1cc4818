"""Missing evidence means no credit: the bug that the whole project is about."""

from __future__ import annotations

from creditstorm.credit.decision import Answer, Decision
from creditstorm.credit.evidence import Evidence
from creditstorm.credit.reasons import reason_of
from mock_services.policies.case import Case, approved, by_hard_rule, denied
from mock_services.wire.payloads import CreditRequest


class FailClosedRule:
    """Decides by the score when everything arrived, else refuses, and logs the first service that was lost.

    What a person does not let it have is missing like everything else, and logged as ``refused:income``.
    """

    def fill(self, asked: CreditRequest, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - nothing is filled
        """The evidence as it arrived."""
        return evidence

    def decide(self, case: Case) -> Decision:
        """The decision by the score, or no credit with a technical cause."""
        return by_hard_rule(case) or _by_loss(case) or _by_score(case)


def _by_loss(case: Case) -> Decision | None:
    lost = case.lost()
    if not lost:
        return None
    cause = case.cause_of(lost[0])
    return Decision(Answer.NO_CREDIT, 0, reason_of(cause), cause)


def _by_score(case: Case) -> Decision:
    score = case.value("scoring")
    return approved(case.limit(score, case.value("income"))) if case.clears(score) else denied()
