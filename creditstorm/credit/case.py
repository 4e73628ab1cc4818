"""What a lender decides on: who asks, the strategy in force, the evidence; and the decisions there are to take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creditstorm.credit.applicants import File, Segment
from creditstorm.credit.decision import Answer, Decision, limit_for
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.reasons import Reason
from creditstorm.credit.sources import SCORED, SERVICES
from creditstorm.credit.strategy import Strategy

CREDIT_SCORE = "credit:score"
DATA_IDENTITY = "data:identity"
DATA_CONSENT = "data:consent"


@dataclass(frozen=True, slots=True)
class CreditRequest:
    """Who asks, and the how-manieth tap of which session it is."""

    applicant: int
    session: int
    attempt: int
    segment: Segment
    file: File


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision may depend on, so that it can be decided again from the record.

    Only here is a score held against the strategy: it is put on the strategy's scale first. `grace` is how many points
    below the cut-off this person is still approved, for a roll-out that does not turn people over for a trifle.
    """

    request: CreditRequest
    strategy: Strategy
    evidence: Mapping[str, Evidence]
    grace: float = 0.0

    def lost(self) -> tuple[str, ...]:
        """The services that gave nothing usable, in the order of SERVICES."""
        return tuple(service for service in SERVICES if not self.evidence[service].usable)

    def cause_of(self, service: str) -> str:
        """The cause to log when this service's loss decided, such as ``late:bureau``."""
        return f"{self.evidence[service].status}:{service}"

    def value(self, service: str) -> float:
        """What the service reported, 0 for "no record"."""
        return self.evidence[service].value or 0.0

    def clears(self, score: float) -> bool:
        """Whether a score of the scorecard is enough."""
        return self.strategy.on_scale(score) >= self.strategy.cut_off - self.grace

    def limit(self, score: float, income: float) -> int:
        """The limit at a score that is enough; by grace it is the lowest one that the strategy grants."""
        at = max(self.strategy.on_scale(score), self.strategy.cut_off)
        return limit_for(at, income=income, segment=self.request.segment, strategy=self.strategy)


def denied() -> Decision:
    """No credit, because of the score."""
    return Decision(Answer.NO_CREDIT, 0, Reason.SCORE_BELOW_CUT_OFF, CREDIT_SCORE)


def approved(limit_cny: int) -> Decision:
    """Credit, with this limit."""
    return Decision(Answer.APPROVED, limit_cny, Reason.GRANTED, CREDIT_SCORE)


def undetermined(cause: str) -> Decision:
    """No decision about the person, because of a technical cause."""
    return Decision(Answer.UNDETERMINED, 0, Reason.SOURCE_UNAVAILABLE, cause)


def unsettled(case: Case, lost: Sequence[str]) -> Decision:
    """No decision about the person: by what the first of these services met, or for want of consent to them alone."""
    failed = (service for service in lost if case.evidence[service].status is not EvidenceStatus.REFUSED)
    first = next(failed, None)
    if first is None:
        return Decision(Answer.ACTION_NEEDED, 0, Reason.CONSENT_WITHDRAWN, DATA_CONSENT)
    return undetermined(case.cause_of(first))


def by_hard_rule(case: Case) -> Decision | None:
    """The decision of the rules that come before the score: identity said that the person is not verified."""
    identity = case.evidence["identity"]
    if identity.usable and identity.value != 1.0:
        return Decision(Answer.ACTION_NEEDED, 0, Reason.IDENTITY_UNVERIFIED, DATA_IDENTITY)
    return None


def values_for_scoring(evidence: Mapping[str, Evidence]) -> dict[str, float | None]:
    """What there is to score: absent was not retrieved, None is a true "no record"; a filled-in value counts."""
    return {s: evidence[s].value for s in SCORED if evidence[s].usable or evidence[s].value is not None}
