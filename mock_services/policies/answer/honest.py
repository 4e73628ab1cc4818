"""The app has a third word, undetermined, with the cause, the next step and when to look again."""

from __future__ import annotations

from dataclasses import replace

from creditstorm.credit.decision import Answer, Decision
from creditstorm.credit.reasons import Reason, is_technical, reason_of


class HonestVocabulary:
    """Never renders a technical cause as a credit decision, nor as a credit reason."""

    def say(self, decision: Decision) -> Decision:
        """Undetermined where the cause is technical, or a request for consent where that is what is missing."""
        if not is_technical(decision.cause):
            return decision
        reason = reason_of(decision.cause)
        answer = Answer.ACTION_NEEDED if reason is Reason.CONSENT_WITHDRAWN else Answer.UNDETERMINED
        return replace(decision, answer=answer, limit_cny=0, reason=reason)
