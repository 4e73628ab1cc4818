"""How a rule decides that put numbers in place of missing ones and forgot that it did."""

from __future__ import annotations

from creditstorm.credit.decision import Decision
from mock_services.policies.case import Case, approved, by_hard_rule, denied, unsettled


def decide_on_filled(case: Case) -> Decision:
    """The decision by the score, which takes the numbers that were filled in for facts.

    A filled-in income counts as 0 for the limit. Identity and the score itself are nothing that a number could stand
    in for: without them the cause is technical.
    """
    return by_hard_rule(case) or _by_gap(case) or _by_score(case)


def _by_gap(case: Case) -> Decision | None:
    gaps = [service for service in ("identity", "scoring") if not case.evidence[service].usable]
    return unsettled(case, gaps) if gaps else None


def _by_score(case: Case) -> Decision:
    score = case.value("scoring")
    if not case.clears(score):
        return denied()
    return approved(case.limit(score, case.value("income") if case.evidence["income"].usable else 0.0))
