"""Who was approved before is not denied for a trifle."""

from __future__ import annotations

from creditstorm.credit.decision import Answer, Decision
from creditstorm.credit.evidence import Evidence
from creditstorm.credit.reasons import is_technical
from mock_services.policies.case import Case
from mock_services.policies.rollout.offers import Offers
from mock_services.policies.rollout.recent import Recent
from mock_services.policies.rollout.versions import DirectRollout
from mock_services.wire.payloads import CreditRequest


class HysteresisRollout(DirectRollout):
    """From approved to denied only below the cut-off − h, from denied to approved at the cut-off (DOMAIN section 5).

    Who was approved before is known from this run's own decisions by score, else by what the lender's own score says
    under the strategy before the change.
    """

    def __init__(self, offers: Offers, h: float) -> None:
        super().__init__(offers)
        self._h = h
        self._was_approved: Recent[int, bool] = Recent()

    def grace_for(self, asked: CreditRequest, scoring: Evidence) -> float:
        """The h points, for who was approved before."""
        before = self._was_approved.get(asked.applicant)
        if before is None:
            before = self._would_have_been(asked, scoring)
        return self._h if before else 0.0

    def remember(self, case: Case, decision: Decision) -> None:
        """Approved or denied, by the score; what a failure did to a person is not held against them."""
        super().remember(case, decision)
        if decision.answer in (Answer.APPROVED, Answer.NO_CREDIT) and not is_technical(decision.cause):
            self._was_approved.put(case.asked.applicant, decision.answer is Answer.APPROVED)

    def _would_have_been(self, asked: CreditRequest, scoring: Evidence) -> bool:
        before = self.offers.choice(asked).before
        return scoring.usable and before.on_scale(scoring.value or 0.0) >= before.cut_off
