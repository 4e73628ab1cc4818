"""The words that the app has for a decision: two, three, or three and a promise."""

from dataclasses import dataclass
from typing import Final

from creditstorm.credit import DISCLOSURES, Decision, Disclosure, Family, Reason, Words, rules
from creditstorm.credit.policies.answer import Push


class TwoWordsVocabulary:
    """Paints a technical cause as "insufficient credit information"; the log keeps the cause.

    A person whose identity document is out of date is still asked to renew it, and one whose consent is missing to give
    it, if the rule says so: those are facts about the person.
    """

    def say(self, decision: Decision) -> Decision:
        """No credit, with a credit reason, where the cause is technical."""
        return rules.two_words(decision)


class HonestVocabulary:
    """Never renders a technical cause as a credit decision, nor as a credit reason."""

    def say(self, decision: Decision) -> Decision:
        """Undetermined where the cause is technical, or a request for consent where that is what is missing."""
        return rules.honest(decision)


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
        return rules.honest(decision)
