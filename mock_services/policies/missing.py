"""What is decided when evidence is missing: refuse, fill numbers in, use the last good value, or say so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from creditstorm import steady
from creditstorm.credit import (
    NO_RECORD,
    SCALES,
    Decision,
    Evidence,
    EvidenceStatus,
    rules,
)
from creditstorm.credit.case import Case, CreditRequest
from mock_services.cache.layers import Remembered, Store
from mock_services.policies.axes import Missing, Policy


class FailClosedRule:
    """Decides by the score when everything arrived, else refuses, and logs the first service that was lost.

    What a person does not let it have is missing like everything else, and logged as ``refused:income``.
    """

    def fill(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - nothing is filled
        """The evidence as it arrived."""
        return evidence

    def decide(self, case: Case) -> Decision:
        """The decision by the score, or no credit with a technical cause."""
        return rules.fail_closed(case)


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
        return rules.on_filled(case)


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
        return rules.on_filled(case)


class TriStateRule:
    """Approves where mean − z · sd reaches the cut-off, denies where mean + z · sd stays below it; else it says so."""

    def __init__(self, z: float) -> None:
        self._z = z

    def fill(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:  # noqa: ARG002 - nothing is filled
        """The evidence as it arrived; scoring integrates the missing part out."""
        return evidence

    def decide(self, case: Case) -> Decision:
        """Approved, no credit, or undetermined with the first service whose loss decided."""
        return rules.tri_state(case, self._z)


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
    now: Callable[[], float] = steady.unix_s

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
