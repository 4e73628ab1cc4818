"""Rules that put numbers in place of missing ones and forget that they did."""

from __future__ import annotations

from dataclasses import dataclass, replace

from creditstorm.credit.decision import Decision
from creditstorm.credit.evidence import Evidence
from creditstorm.credit.scorecard import NO_RECORD
from creditstorm.credit.sources import SCALES
from mock_services.policies.case import Case, approved, by_hard_rule, denied, unsettled
from mock_services.wire.payloads import CreditRequest


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


@dataclass(frozen=True, slots=True)
class ZeroFillRule:
    """Puts 0 in place of each missing number of the score, and logs the result as a decision by the score.

    A scorecard has bins: it reads 0 as its lowest one, here `clip_sd` standard deviations below the mean (1 by
    default, the reading in DOMAIN section 5), or as the number 0 itself where that is higher. A large `clip_sd`
    gives a card without bins, to which a bureau score of 0 is 8.3 standard deviations below the mean.
    """

    clip_sd: float

    def fill(self, asked: CreditRequest, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - everybody alike
        """The evidence, with the number that the scorecard reads where none arrived."""
        if evidence.usable or service not in SCALES:
            return evidence
        scale = SCALES[service]
        return replace(evidence, value=max(0.0, scale.centre - self.clip_sd * scale.spread))

    def decide(self, case: Case) -> Decision:
        """The decision by the score."""
        return decide_on_filled(case)


@dataclass(frozen=True, slots=True)
class WorstBinRule:
    """Gives each missing number the points of the "no record" bin, and logs the result as a decision by the score."""

    def fill(self, asked: CreditRequest, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - everybody alike
        """The evidence, with the number that is worth as many points as "no record" where none arrived."""
        if evidence.usable or service not in SCALES:
            return evidence
        scale = SCALES[service]
        return replace(evidence, value=scale.centre + NO_RECORD * scale.spread)

    def decide(self, case: Case) -> Decision:
        """The decision by the score."""
        return decide_on_filled(case)
