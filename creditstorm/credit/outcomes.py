"""Answer against truth: the outcome of one answer, classified by the same code at the load and in the analysis."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from creditstorm.credit.decision import UNDECIDED, Answer
from creditstorm.credit.reasons import DISCLOSURES, Family, Reason, is_technical, reason_of

LIMIT_TOLERANCE: Final = 0.05


class Outcome(StrEnum):
    """Answer against truth."""

    CORRECT = "correct"
    WRONGFUL_NO_CREDIT = "wrongful_no_credit"
    WRONGFUL_APPROVAL = "wrongful_approval"
    LIMIT_CUT = "limit_cut"
    LIMIT_INFLATED = "limit_inflated"
    WRONG_REASON = "wrong_reason"
    DEFERRED = "deferred"
    UNAVAILABLE = "unavailable"


class LimitBand(StrEnum):
    """A limit against the true one: right means within 5 %."""

    BELOW = "below"
    RIGHT = "right"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the outcome of an answer depends on, as few values as possible so that it can be tabulated."""

    eligible: bool
    answer: Answer
    limit: LimitBand
    reason: str | None
    cause: str | None


_LOST: Final = frozenset({Answer.ERROR, Answer.TIMEOUT, Answer.SHED})


def limit_band(limit_cny: int, true_limit_cny: int) -> LimitBand:
    """Where a limit lies against the true one."""
    gap = limit_cny - true_limit_cny
    if abs(gap) <= LIMIT_TOLERANCE * true_limit_cny:
        return LimitBand.RIGHT
    return LimitBand.ABOVE if gap > 0 else LimitBand.BELOW


def painted(answer: Answer, failure_as: str) -> Answer:
    """What the app shows: with ``failure_as="no_credit"`` it paints a failure as "no credit"."""
    return Answer.NO_CREDIT if failure_as == Answer.NO_CREDIT and answer in _LOST else answer


def classify(shown: Shown, *, failure_as: str = "error") -> Outcome:
    """The outcome of one answer (DESIGN section 7); `failure_as` is how the app paints a failure."""
    answer = painted(shown.answer, failure_as)
    if answer in UNDECIDED:
        return Outcome.DEFERRED
    if answer in _LOST or answer is Answer.UNSENT:
        return Outcome.UNAVAILABLE
    return _of_eligible(answer, shown.limit) if shown.eligible else _of_ineligible(answer, shown)


def told_honestly(shown: Shown, *, failure_as: str = "error") -> bool | None:
    """Whether a person whom a technical cause kept from credit was told so; None where that did not happen."""
    answer = painted(shown.answer, failure_as)
    told_nothing = answer in _LOST or answer in (Answer.APPROVED, Answer.UNSENT)
    return None if told_nothing or not _technical(shown) else not _told_otherwise(shown)


def _of_eligible(answer: Answer, limit: LimitBand) -> Outcome:
    if answer is Answer.NO_CREDIT:
        return Outcome.WRONGFUL_NO_CREDIT
    if answer is Answer.ACTION_NEEDED:
        return Outcome.DEFERRED
    by_limit = {LimitBand.BELOW: Outcome.LIMIT_CUT, LimitBand.ABOVE: Outcome.LIMIT_INFLATED}
    return by_limit.get(limit, Outcome.CORRECT)


def _of_ineligible(answer: Answer, shown: Shown) -> Outcome:
    if answer is Answer.APPROVED:
        return Outcome.WRONGFUL_APPROVAL
    if answer is Answer.ACTION_NEEDED:
        return Outcome.CORRECT
    return Outcome.WRONG_REASON if _technical(shown) and _told_otherwise(shown) else Outcome.CORRECT


def _technical(shown: Shown) -> bool:
    return shown.answer in _LOST or (shown.cause is not None and is_technical(shown.cause))


def _told_otherwise(shown: Shown) -> bool:
    """Whether a technical cause was told as something else: as credit, or as a fault in the person's own data."""
    if shown.reason is None:
        return True
    reason = Reason(shown.reason)
    # A withdrawn consent is the person's own, and the one cause that a reason of the data family may tell.
    return DISCLOSURES[reason].family is not Family.TECHNICAL and reason is not reason_of(shown.cause or "")
