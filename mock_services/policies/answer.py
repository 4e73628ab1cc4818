"""The words that the app has for a decision: two, three, or three and a promise."""

from dataclasses import dataclass, replace
from typing import Final

from creditstorm.credit import DISCLOSURES, Answer, Decision, Disclosure, Family, Reason, Words, is_technical, reason_of
from creditstorm.credit.policies.answer import Push


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


class HonestVocabulary:
    """Never renders a technical cause as a credit decision, nor as a credit reason."""

    def say(self, decision: Decision) -> Decision:
        """Undetermined where the cause is technical, or a request for consent where that is what is missing."""
        if not is_technical(decision.cause):
            return decision
        reason = reason_of(decision.cause)
        answer = Answer.ACTION_NEEDED if reason is Reason.CONSENT_WITHDRAWN else Answer.UNDETERMINED
        return replace(decision, answer=answer, limit_cny=0, reason=reason)


WITHIN_S: Final = 600.0
"""The ten minutes that both texts speak of."""

PROMISES: Final = {
    Reason.SOURCE_UNAVAILABLE: Disclosure(
        Family.TECHNICAL,
        Words(
            DISCLOSURES[Reason.SOURCE_UNAVAILABLE].english.cause,
            "We will finish it when the service is back and notify you.",
            "That is usually within 10 minutes.",
        ),
        Words(
            DISCLOSURES[Reason.SOURCE_UNAVAILABLE].chinese.cause,
            "服务恢复后系统将自动完成评估并通知您。",
            "通常在10分钟内完成。",
        ),
        WITHIN_S,
    ),
    Reason.SYSTEM_BUSY: Disclosure(
        Family.TECHNICAL,
        Words(
            DISCLOSURES[Reason.SYSTEM_BUSY].english.cause,
            "We will finish your assessment when it is your turn and notify you.",
            "That is usually within 10 minutes.",
        ),
        Words(
            DISCLOSURES[Reason.SYSTEM_BUSY].chinese.cause,
            "系统将依次完成评估并通知您。",
            "通常在10分钟内完成。",
        ),
        WITHIN_S,
    ),
}
"""What a person reads whose answer waits: the same cause as without push, another next step."""


@dataclass(frozen=True, slots=True)
class PushVocabulary:
    """Says what honest words say; `spec` is how what was deferred is decided again (`deferrals.redecide`)."""

    spec: Push

    def say(self, decision: Decision) -> Decision:
        """Undetermined where the cause is technical."""
        return HonestVocabulary().say(decision)
