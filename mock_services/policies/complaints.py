"""What a complaint leads to, and the words that whoever complained reads at once."""

from dataclasses import dataclass
from typing import Final

from creditstorm.credit import Answer, Disclosure, Family, Words
from creditstorm.credit.policies.feedback import Redecide

_ABOUT: Final = frozenset({Answer.NO_CREDIT, Answer.UNDETERMINED})


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
