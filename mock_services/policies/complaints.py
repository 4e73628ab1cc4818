"""What a complaint leads to, and the words that whoever complained reads at once."""

import math
from dataclasses import dataclass
from typing import Final

from creditstorm.credit import Answer, Disclosure, Family, Words
from creditstorm.credit.policies.feedback import Redecide, Review

_ABOUT: Final = frozenset({Answer.NO_CREDIT, Answer.UNDETERMINED})


@dataclass(frozen=True, slots=True)
class Heard:
    """What whoever complains is told at once: whether it is taken, in which words, and `answer` where that is one."""

    taken: bool
    said: Disclosure
    answer: Answer | None = None


class DeafEar:
    """Takes no complaint."""

    def takes(self, answer: Answer) -> bool:  # noqa: ARG002 - as its axis asks
        """Whatever it is about."""
        return False


@dataclass(frozen=True, slots=True)
class RedecideFeedback:
    """Takes complaints of people who were refused or left undecided; `spec` is how they are decided about again."""

    spec: Redecide

    def takes(self, answer: Answer) -> bool:
        """Whether there is anything that a second look could change."""
        return answer in _ABOUT


@dataclass(frozen=True, slots=True)
class ReviewFeedback:
    """Takes complaints of people who were refused or left undecided; `spec` is the desk that they are referred to."""

    spec: Review

    def takes(self, answer: Answer) -> bool:
        """Whether there is anything that a reviewer could change."""
        return answer in _ABOUT


TAKEN: Final = Disclosure(
    Family.TECHNICAL,
    Words(
        "We will look at your request again with fresh data. This is not a decision about you.",
        "You need not do anything; we will notify you.",
        "That is usually within 10 minutes.",
    ),
    Words(
        "我们将使用最新数据重新评估您的申请。这不是对您信用的判断。",
        "您无需任何操作，评估完成后将通知您。",
        "通常在10分钟内完成。",
    ),
    eta_s=600.0,
)
NOT_TAKEN: Final = Disclosure(
    Family.TECHNICAL,
    Words(
        "We have no answer of yours that we could look at again. This is not a decision about you.",
        "Please ask for credit again.",
        "You will have your answer at once.",
    ),
    Words(
        "目前没有可以重新评估的申请结果。这不是对您信用的判断。",
        "请重新提交申请。",
        "提交后即可获得结果。",
    ),
    eta_s=0.0,
)
"""What is read by somebody who complains too often, too late, or of nothing that this service said."""


DESK_FULL: Final = Disclosure(
    Family.TECHNICAL,
    Words(
        "Our reviewers have more requests than they can look at now. This is not a decision about you.",
        "Please complain again.",
        "In about 10 minutes there should be room.",
    ),
    Words(
        "目前等待人工审核的申请过多。这不是对您信用的判断。",
        "请稍后再次申诉。",
        "预计约10分钟后可受理。",
    ),
    eta_s=600.0,
)


def referred(eta_s: float) -> Disclosure:
    """What a person reads who is referred to the desk, which will come to the case and decide in `eta_s`."""
    minutes = max(1, math.ceil(eta_s / 60.0))
    about = "a minute" if minutes == 1 else f"{minutes:,} minutes"
    return Disclosure(
        Family.TECHNICAL,
        Words(
            "A reviewer will look at your request with all of your data. This is not a decision about you.",
            "You need not do anything; we will notify you.",
            f"We expect that within {about}.",
        ),
        Words(
            "您的申请已转人工审核，审核员将核对您的全部资料。这不是对您信用的判断。",
            "您无需任何操作，审核完成后将通知您。",
            f"预计{minutes}分钟内完成。",
        ),
        eta_s=60.0 * minutes,
    )
