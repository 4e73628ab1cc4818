"""Reason codes in three families, each with the words a person reads.

The rule of the field: a technical cause may never be rendered with a credit text.
"""

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
    CONSENT_WITHDRAWN = "D_CONSENT"
    SOURCE_UNAVAILABLE = "T_SOURCE"
    SYSTEM_BUSY = "T_BUSY"


@dataclass(frozen=True, slots=True)
class Words:
    """What a person reads in one language: why, what to do next, and when there is something new."""

    cause: str
    next_step: str = ""
    eta: str = ""

    @property
    def complete(self) -> bool:
        """Whether nothing is left unsaid."""
        return bool(self.cause and self.next_step and self.eta)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The words of one reason in English and Chinese; `eta_s` is what both say about the time, None if nothing."""

    family: Family
    english: Words
    chinese: Words
    eta_s: float | None = None

    @property
    def en(self) -> str:
        """The English text as it is shown."""
        return " ".join(part for part in (self.english.cause, self.english.next_step, self.english.eta) if part)

    @property
    def zh(self) -> str:
        """The Chinese text as it is shown."""
        return self.chinese.cause + self.chinese.next_step + self.chinese.eta


DISCLOSURES: Final[dict[Reason, Disclosure]] = {
    Reason.GRANTED: Disclosure(
        Family.CREDIT,
        Words("Your limit is ready.", "Choose an amount to draw from it.", "You can use it now."),
        Words("您的额度已就绪。", "请选择借款金额。", "现在即可使用。"),
        eta_s=0.0,
    ),
    Reason.SCORE_BELOW_CUT_OFF: Disclosure(
        Family.CREDIT,
        Words(
            "We cannot offer credit now: your overall score is below our cut-off.",
            "Paying on time raises it.",
            "You can ask again in 30 days.",
        ),
        Words("暂无法提供贷款：综合评分未达到准入标准。", "按时还款有助于提升评分。", "您可在30天后再次申请。"),
        eta_s=2_592_000.0,
    ),
    Reason.INSUFFICIENT_RECORD: Disclosure(
        Family.CREDIT,
        Words("No credit available: insufficient credit information."),
        Words("无信用贷款：信用信息不足。"),
    ),
    Reason.IDENTITY_UNVERIFIED: Disclosure(
        Family.DATA,
        Words(
            "Your identity document could not be verified.",
            "Please renew it, then ask again.",
            "You will have your answer within a minute of that.",
        ),
        Words("您的身份信息未能通过核验。", "请更新身份信息后再次申请。", "更新后一分钟内即可获得结果。"),
        eta_s=60.0,
    ),
    Reason.CONSENT_WITHDRAWN: Disclosure(
        Family.DATA,
        Words(
            "We may not use one of your data sources, and without it we cannot decide. This is not a decision about "
            "you.",
            "Please allow it under “My authorisations”, then ask again.",
            "You will have your answer within a minute of that.",
        ),
        Words(
            "您未授权我们使用其中一项数据，系统暂无法完成评估。这不是对您信用的判断。",
            "请在“我的授权”中开启授权后再次申请。",
            "授权后一分钟内即可获得结果。",
        ),
        eta_s=60.0,
    ),
    Reason.SOURCE_UNAVAILABLE: Disclosure(
        Family.TECHNICAL,
        Words(
            "We could not finish your assessment because a data service gave no usable answer. This is not a decision "
            "about you.",
            "You need not do anything; please look again later.",
            "That should be in about 10 minutes.",
        ),
        Words(
            "由于数据服务未能正常响应，系统未能完成评估。这不是对您信用的判断。",
            "您无需任何操作，请稍后再查看。",
            "预计约10分钟后可用。",
        ),
        eta_s=600.0,
    ),
    Reason.SYSTEM_BUSY: Disclosure(
        Family.TECHNICAL,
        Words(
            "Too many people are asking right now. This is not a decision about you.",
            "Please look again.",
            "In about a minute there should be room.",
        ),
        Words("当前访问人数过多。这不是对您信用的判断。", "请稍后再查看。", "预计约一分钟后可用。"),
        eta_s=60.0,
    ),
}


def is_technical(cause: str) -> bool:
    """Whether a logged cause (``family:detail``) is the system's own, not a fact about the person.

    ``refused:income`` is one: the person did withdraw consent, but a lender that refuses because of it, without
    saying so, failed to decide on what it may use. One that says so logs ``data:consent``.
    """
    return not cause.startswith(("credit:", "data:"))


def reason_of(cause: str) -> Reason:
    """The reason that a technical cause may be told with, which is never one of the credit family."""
    by_status = {"refused": Reason.CONSENT_WITHDRAWN, "shed": Reason.SYSTEM_BUSY}
    return by_status.get(cause.partition(":")[0], Reason.SOURCE_UNAVAILABLE)
