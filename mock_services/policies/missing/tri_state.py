"""Approve or deny only where the score is clear of the cut-off whatever the missing evidence says."""

from __future__ import annotations

from creditstorm.credit.decision import Decision
from creditstorm.credit.evidence import Evidence
from creditstorm.credit.scorecard import WEIGHTS
from creditstorm.credit.strategy import STAND_IN_LIMIT_CNY
from mock_services.policies.case import Case, approved, by_hard_rule, denied, undetermined, unsettled
from mock_services.wire.payloads import CreditRequest


class TriStateRule:
    """Approves where mean − z · sd reaches the cut-off, denies where mean + z · sd stays below it.

    The limit is the one that the strategy grants at mean − z · sd, so it shrinks with what is not known. Without
    identity nobody is approved; without scoring nothing is decided. With all evidence sd is 0 and both bounds meet.
    What a person does not let it have is missing too; where only that keeps it from deciding, it asks for consent.
    """

    def __init__(self, z: float) -> None:
        self._z = z

    def fill(self, asked: CreditRequest, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - nothing is filled
        """The evidence as it arrived; scoring integrates the missing part out."""
        return evidence

    def decide(self, case: Case) -> Decision:
        """Approved, no credit, or undetermined with the first service whose loss decided."""
        return by_hard_rule(case) or self._by_score(case)

    def _by_score(self, case: Case) -> Decision:
        scoring = case.evidence["scoring"]
        if not scoring.usable or scoring.value is None:
            return undetermined(case.cause_of("scoring"))
        margin = self._z * (scoring.sd or 0.0)
        if not case.clears(scoring.value + margin):
            return denied()
        if not case.clears(scoring.value - margin) or not case.evidence["identity"].usable:
            return unsettled(case, _decisive(case))
        return approved(_limit(case, scoring.value - margin))


def _decisive(case: Case) -> list[str]:
    weights = WEIGHTS[case.asked.file]
    return [service for service in case.lost() if weights.get(service, 1.0) > 0.0] or ["scoring"]


def _limit(case: Case, score: float) -> int:
    if not case.evidence["income"].usable:
        return STAND_IN_LIMIT_CNY
    return case.limit(score, case.value("income"))


class PartialScoreRule(TriStateRule):
    """The tri-state rule without a margin: the mean of the score alone decides, so there is nothing in between.

    It errs in both directions, wrongful approvals included. Without identity or scoring it does not decide either, and
    without the income its limit is the stand-in one.
    """

    def __init__(self) -> None:
        super().__init__(z=0.0)
