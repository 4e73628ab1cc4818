"""What is decided when evidence is missing: refuse, fill numbers in, use the last good value, or say so."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from creditstorm.credit import (
    NO_RECORD,
    SCALES,
    STAND_IN_LIMIT_CNY,
    WEIGHTS,
    Answer,
    Decision,
    Evidence,
    EvidenceStatus,
    reason_of,
)
from mock_services.cache.layers import Remembered, Store
from mock_services.policies.axes import Missing, Policy
from mock_services.policies.case import Case, approved, by_hard_rule, denied, undetermined, unsettled
from mock_services.wire.payloads import CreditRequest


class FailClosedRule:
    """Decides by the score when everything arrived, else refuses, and logs the first service that was lost.

    What a person does not let it have is missing like everything else, and logged as ``refused:income``.
    """

    def fill(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - nothing is filled
        """The evidence as it arrived."""
        return evidence

    def decide(self, case: Case) -> Decision:
        """The decision by the score, or no credit with a technical cause."""
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


def decide_on_filled(case: Case) -> Decision:
    """The decision by the score, which takes the numbers that were filled in for facts.

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


@dataclass(frozen=True, slots=True)
class ZeroFillRule:
    """Puts 0 in place of each missing number of the score, and logs the result as a decision by the score.

    A scorecard has bins: it reads 0 as its lowest one, here `clip_sd` standard deviations below the mean (1 by
    default, the reading in DOMAIN section 5), or as the number 0 itself where that is higher. A large `clip_sd`
    gives a card without bins, to which a bureau score of 0 is 8.3 standard deviations below the mean.
    """

    clip_sd: float

    def fill(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - everybody alike
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

    def fill(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - everybody alike
        """The evidence, with the number that is worth as many points as "no record" where none arrived."""
        if evidence.usable or service not in SCALES:
            return evidence
        scale = SCALES[service]
        return replace(evidence, value=scale.centre + NO_RECORD * scale.spread)

    def decide(self, case: Case) -> Decision:
        """The decision by the score."""
        return decide_on_filled(case)


class TriStateRule:
    """Approves where mean − z · sd reaches the cut-off, denies where mean + z · sd stays below it.

    The limit is the one that the strategy grants at mean − z · sd, so it shrinks with what is not known. Without
    identity nobody is approved; without scoring nothing is decided. With all evidence sd is 0 and both bounds meet.
    What a person does not let it have is missing too; where only that keeps it from deciding, it asks for consent.
    """

    def __init__(self, z: float) -> None:
        self._z = z

    def fill(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - nothing is filled
        """The evidence as it arrived; scoring integrates the missing part out."""
        return evidence

    def decide(self, case: Case) -> Decision:
        """Approved, no credit, or undetermined with the first service whose loss decided."""
        return by_hard_rule(case) or self._by_score(case)

    def _by_score(self, case: Case) -> Decision:
        scoring = case.evidence["scoring"]
        if not scoring.usable or scoring.value is None:
            return undetermined(case.cause_of("scoring"))
        margin = self._z * (scoring.sd or 0.0)
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


class PartialScoreRule(TriStateRule):
    """The tri-state rule without a margin: the mean of the score alone decides, so there is nothing in between.

    It errs in both directions, wrongful approvals included. Without identity or scoring it does not decide either, and
    without the income its limit is the stand-in one.
    """

    def __init__(self) -> None:
        super().__init__(z=0.0)


@dataclass(frozen=True, slots=True)
class LastKnownGoodRule:
    """Serves an old value only when asking failed, and only up to the service's time to live, as `stale` with its age.

    What is remembered is evidence, never a decision, so a denial with a technical cause cannot come back. The limit
    follows from the old values as it would from fresh ones, by the rule that also decides where nothing is known. What
    a person does not let the lender have is not taken from the store either.
    """

    ttl_s: Mapping[str, float]
    store: Store
    otherwise: Missing
    now: Callable[[], float] = time.time

    def over(self, store: Store) -> "LastKnownGoodRule":
        """The same rule over another store, such as what was read ahead for one request."""
        return replace(self, store=store)

    def fill(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:
        """Fresh evidence, which is remembered, or the last good value that is young enough."""
        if evidence.usable:
            self._learn(request, service, evidence)
            return evidence
        known = None if evidence.status is EvidenceStatus.REFUSED else self.store.recall(request, service)
        if known is None:
            return evidence
        age_s = max(0.0, self.now() - known.as_of)
        return evidence if age_s > self.ttl_s.get(service, 0.0) else _stale(evidence, known, age_s)

    def decide(self, case: Case) -> Decision:
        """The decision on the evidence, old values included."""
        return self.otherwise.decide(case)

    def _learn(self, request: CreditRequest, service: str, evidence: Evidence) -> None:
        if evidence.sd:
            return  # a score with something missing is not a good value
        as_of = self.now() - (evidence.age_s or 0.0)
        known = Remembered(evidence.value, as_of, evidence.version, evidence.sd)
        self.store.learn(request, service, known)


def store_of(policy: Policy) -> Store | None:
    """The store of a policy that keeps last known good values."""
    return policy.missing.store if isinstance(policy.missing, LastKnownGoodRule) else None


def _stale(lost: Evidence, known: Remembered, age_s: float) -> Evidence:
    return Evidence(EvidenceStatus.STALE, known.value, age_s, lost.latency_s, known.version, known.sd)
