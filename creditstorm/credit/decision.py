"""What the lender says: the answers, and the strategy applied to a score (the lender's own code path)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from creditstorm.credit.applicants import Segment
from creditstorm.credit.reasons import Reason
from creditstorm.credit.strategy import LIMITS, Strategy


class Answer(StrEnum):
    """What came back to the person; the last four are how a request can end without a decision."""

    APPROVED = "approved"
    NO_CREDIT = "no_credit"
    UNDETERMINED = "undetermined"
    REFERRED = "referred"
    ACTION_NEEDED = "action_needed"
    ERROR = "error"
    TIMEOUT = "timeout"
    SHED = "shed"
    UNSENT = "unsent"


DECISIONS: Final = frozenset({Answer.APPROVED, Answer.NO_CREDIT, Answer.ACTION_NEEDED})
"""The answers that decide; to be told "undetermined" or "referred" is none, nor is a failure."""
UNDECIDED: Final = frozenset({Answer.UNDETERMINED, Answer.REFERRED})
"""The answers that say so: nobody knows yet, or a person is going to decide."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: `reason` is what the person is shown, `cause` what the log says really decided.

    A cause is ``family:detail``: ``credit:score``, ``credit:identity``, or for a technical one the evidence status
    and the service, such as ``late:bureau``.
    """

    answer: Answer
    limit_cny: int
    reason: Reason
    cause: str


def limit_for(score: float, *, income: float, segment: Segment, strategy: Strategy) -> int:
    """The limit in whole hundreds of yuan that the strategy grants at this score on its scale, 0 below the cut-off."""
    margin = score - strategy.cut_off
    for at_least, months in LIMITS.months:
        if margin >= at_least:
            raw = income * months * LIMITS.segment_factor[segment]
            return min(LIMITS.cap, max(LIMITS.floor, int(raw // LIMITS.step) * LIMITS.step))
    return 0
