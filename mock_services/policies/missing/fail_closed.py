"""Missing evidence means no credit: the bug that the whole project is about."""

from __future__ import annotations

from creditstorm.credit.decision import Answer, Decision, limit_for
from creditstorm.credit.evidence import Evidence
from creditstorm.credit.reasons import Reason
from mock_services.policies.case import Asked, Case, approved, by_hard_rule, denied


class FailClosedRule:
    """Decides by the score when everything arrived, else refuses, and logs the first service that was lost."""

    def fill(self, asked: Asked, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - nothing is filled
        """The evidence as it arrived."""
        return evidence

    def decide(self, case: Case) -> Decision:
        """The decision by the score, or no credit with a technical cause."""
        return by_hard_rule(case) or _by_loss(case) or _by_score(case)


def _by_loss(case: Case) -> Decision | None:
    lost = case.lost()
    if not lost:
        return None
    return Decision(Answer.NO_CREDIT, 0, Reason.SOURCE_UNAVAILABLE, case.cause_of(lost[0]))


def _by_score(case: Case) -> Decision:
    score = case.value("scoring")
    if score < case.strategy.cut_off:
        return denied()
    income = case.value("income")
    return approved(limit_for(score, income=income, segment=case.asked.segment, strategy=case.strategy))
