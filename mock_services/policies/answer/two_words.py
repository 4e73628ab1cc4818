"""The app has two words, approved and no credit, so that what is not known is told as a refusal."""

from __future__ import annotations

from dataclasses import replace

from creditstorm.credit.decision import Answer, Decision
from creditstorm.credit.reasons import Reason, is_technical


class TwoWordsVocabulary:
    """Paints a technical cause as "insufficient credit information"; the log keeps the cause.

    A person whose identity document is out of date is still asked to renew it, and one whose consent is missing to give
    it, if the rule says so: those are facts about the person.
    """

    def say(self, decision: Decision) -> Decision:
        """No credit, with a credit reason, where the cause is technical."""
        if not is_technical(decision.cause):
            return decision
        return replace(decision, answer=Answer.NO_CREDIT, limit_cny=0, reason=Reason.INSUFFICIENT_RECORD)
