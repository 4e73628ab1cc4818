"""Honest words with a promise: who is told undetermined is notified of the decision that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from creditstorm.credit.axes import Push
from creditstorm.credit.decision import Decision
from creditstorm.credit.reasons import Reason
from mock_services.policies.answer.honest import HonestVocabulary

PROMISES: Final = {
    Reason.SOURCE_UNAVAILABLE: {
        "en": "We could not finish your assessment because a data service did not answer. This is not a decision about "
        "you. We will finish it when the service is back, usually within 10 minutes, and notify you.",
        "zh": "由于数据服务未响应，系统未能完成评估。这不是对您信用的判断。"
        "服务恢复后（通常10分钟内）系统将自动完成评估并通知您。",
    },
    Reason.SYSTEM_BUSY: {
        "en": "Too many people are asking right now. This is not a decision about you. We will finish your assessment "
        "when it is your turn, usually within 10 minutes, and notify you.",
        "zh": "当前访问人数过多。这不是对您信用的判断。系统将依次完成评估（通常10分钟内）并通知您。",
    },
}
"""What a person reads whose answer waits: the same cause as without push, another next step."""


@dataclass(frozen=True, slots=True)
class PushVocabulary:
    """Says what honest words say; `told` is how what was deferred is decided again (`mock_services.second_look`)."""

    told: Push

    def say(self, decision: Decision) -> Decision:
        """Undetermined where the cause is technical."""
        return HonestVocabulary().say(decision)
