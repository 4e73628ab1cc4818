"""Honest words with a promise: who is told undetermined is notified of the decision that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from creditstorm.credit.axes import Push
from creditstorm.credit.decision import Decision
from creditstorm.credit.reasons import DISCLOSURES, Disclosure, Family, Reason, Words
from mock_services.policies.answer.honest import HonestVocabulary

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
    """Says what honest words say; `told` is how what was deferred is decided again (`mock_services.second_look`)."""

    told: Push

    def say(self, decision: Decision) -> Decision:
        """Undetermined where the cause is technical."""
        return HonestVocabulary().say(decision)
