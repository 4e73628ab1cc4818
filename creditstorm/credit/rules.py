"""The lender's own rules, pure: from a case to a decision and to the words of the app. The oracle uses none of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from creditstorm.credit.case import Case, approved, by_hard_rule, denied, undetermined, unsettled
from creditstorm.credit.decision import Answer, Decision
from creditstorm.credit.policies import answer, missing
from creditstorm.credit.reasons import Reason, is_technical, reason_of
from creditstorm.credit.scorecard import WEIGHTS
from creditstorm.credit.strategy import STAND_IN_LIMIT_CNY

TURNED_AWAY: Final = Decision(Answer.UNDETERMINED, 0, Reason.SYSTEM_BUSY, "shed:decision")
"""The decision about a request that was not let in, whatever anybody would have said about the person."""


def fail_closed(case: Case) -> Decision:
    """By the score when everything arrived, else no credit with a technical cause: the first service that was lost."""
    return by_hard_rule(case) or _by_loss(case) or _by_score(case)


def _by_loss(case: Case) -> Decision | None:
    lost = case.lost()
    if not lost:
        return None
    cause = case.cause_of(lost[0])
    return Decision(Answer.NO_CREDIT, 0, reason_of(cause), cause)


def _by_score(case: Case) -> Decision:
    score = case.value("scoring")
    return approved(case.limit(score, case.value("income"))) if case.clears(score) else denied()


def on_filled(case: Case) -> Decision:
    """By the score, which takes the numbers that were filled in for facts.

    A filled-in income counts as 0 for the limit. Identity and the score itself are nothing that a number could stand
    in for: without them the cause is technical.
    """
    return by_hard_rule(case) or _by_gap(case) or _by_filled_score(case)


def _by_gap(case: Case) -> Decision | None:
    gaps = [service for service in ("identity", "scoring") if not case.evidence[service].usable]
    return unsettled(case, gaps) if gaps else None


def _by_filled_score(case: Case) -> Decision:
    score = case.value("scoring")
    if not case.clears(score):
        return denied()
    return approved(case.limit(score, case.value("income") if case.evidence["income"].usable else 0.0))


def tri_state(case: Case, z: float) -> Decision:
    """Approved where mean − z · sd reaches the cut-off, no credit where mean + z · sd stays below it, else neither.

    The limit is the one that the strategy grants at mean − z · sd, so it shrinks with what is not known. Without
    identity nobody is approved; without scoring nothing is decided. With all evidence sd is 0 and both bounds meet.
    What a person does not let it have is missing too; where only that keeps it from deciding, it asks for consent.
    """
    return by_hard_rule(case) or _by_bounds(case, z)


def _by_bounds(case: Case, z: float) -> Decision:
    scoring = case.evidence["scoring"]
    if not scoring.usable or scoring.value is None:
        return undetermined(case.cause_of("scoring"))
    margin = z * (scoring.sd or 0.0)
    if not case.clears(scoring.value + margin):
        return denied()
    if not case.clears(scoring.value - margin) or not case.evidence["identity"].usable:
        return unsettled(case, _decisive(case))
    return approved(_limit(case, scoring.value - margin))


def _decisive(case: Case) -> list[str]:
    weights = WEIGHTS[case.request.file]
    return [service for service in case.lost() if weights.get(service, 1.0) > 0.0] or ["scoring"]


def _limit(case: Case, score: float) -> int:
    if not case.evidence["income"].usable:
        return STAND_IN_LIMIT_CNY
    return case.limit(score, case.value("income"))


def two_words(decision: Decision) -> Decision:
    """No credit, with a credit reason, where the cause is technical."""
    if not is_technical(decision.cause):
        return decision
    return replace(decision, answer=Answer.NO_CREDIT, limit_cny=0, reason=Reason.INSUFFICIENT_RECORD)


def honest(decision: Decision) -> Decision:
    """Undetermined where the cause is technical, or a request for consent where that is what is missing."""
    if not is_technical(decision.cause):
        return decision
    reason = reason_of(decision.cause)
    told = Answer.ACTION_NEEDED if reason is Reason.CONSENT_WITHDRAWN else Answer.UNDETERMINED
    return replace(decision, answer=told, limit_cny=0, reason=reason)


Rule = Callable[[Case], Decision]
Say = Callable[[Decision], Decision]

_RULES: Final[dict[type, Callable[[Any], Rule]]] = {
    missing.FailClosed: lambda _spec: fail_closed,
    missing.ZeroFill: lambda _spec: on_filled,
    missing.WorstBin: lambda _spec: on_filled,
    missing.PartialScore: lambda _spec: lambda case: tri_state(case, 0.0),
    missing.TriState: lambda spec: lambda case: tri_state(case, spec.z),
    missing.LastKnownGood: lambda spec: (
        (lambda case: tri_state(case, spec.z)) if spec.otherwise == "tri_state" else fail_closed
    ),
}
_WORDS: Final[dict[type, Say]] = {answer.TwoWords: two_words, answer.Honest: honest, answer.Push: honest}


def rule_of(spec: object) -> Rule | None:
    """How a value of the missing-data axis decides; None for one that another package brings."""
    make = _RULES.get(type(spec))
    return None if make is None else make(spec)


def words_of(spec: object) -> Say | None:
    """How a value of the answer axis says it; None for one that another package brings."""
    return _WORDS.get(type(spec))
