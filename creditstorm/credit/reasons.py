"""Reason codes in three families, each with the words a person reads.

The rule of the field: a technical cause may never be rendered with a credit text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Family(StrEnum):
    """What kind of reason it is."""

    CREDIT = "credit"
    DATA = "data"
    TECHNICAL = "technical"


class Reason(StrEnum):
    """The reason a person is shown."""

    GRANTED = "granted"
    SCORE_BELOW_CUT_OFF = "C_SCORE"
    INSUFFICIENT_RECORD = "C_RECORD"
    IDENTITY_UNVERIFIED = "D_IDENTITY"
    SOURCE_UNAVAILABLE = "T_SOURCE"
    SYSTEM_BUSY = "T_BUSY"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The words of one reason: why, and what to do next, in English and Chinese."""

    family: Family
    en: str
    zh: str


DISCLOSURES: Final[dict[Reason, Disclosure]] = {
    Reason.GRANTED: Disclosure(Family.CREDIT, "Your limit is ready.", "您的额度已就绪。"),
    Reason.SCORE_BELOW_CUT_OFF: Disclosure(
        Family.CREDIT,
        "We cannot offer credit now: your overall score is below our cut-off. You can ask again in 30 days.",
        "暂无法提供贷款：综合评分未达到准入标准。您可在30天后再次申请。",
    ),
    Reason.INSUFFICIENT_RECORD: Disclosure(
        Family.CREDIT, "No credit available: insufficient credit information.", "无信用贷款：信用信息不足。"
    ),
    Reason.IDENTITY_UNVERIFIED: Disclosure(
        Family.DATA, "Please renew your identity document, then ask again.", "请更新您的身份信息后再次申请。"
    ),
    Reason.SOURCE_UNAVAILABLE: Disclosure(
        Family.TECHNICAL,
        "We could not finish your assessment because a data service did not answer. This is not a decision about you. "
        "Please look again in about 10 minutes.",
        "由于数据服务未响应，系统未能完成评估。这不是对您信用的判断，请约10分钟后再查看。",
    ),
    Reason.SYSTEM_BUSY: Disclosure(
        Family.TECHNICAL,
        "Too many people are asking right now. This is not a decision about you. Please look again in a minute.",
        "当前访问人数过多。这不是对您信用的判断，请一分钟后再查看。",
    ),
}


def is_technical(cause: str) -> bool:
    """Whether a logged cause (``family:detail``) is the system's own, not a fact about the person."""
    return not cause.startswith(("credit:", "data:"))
