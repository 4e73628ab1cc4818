"""Missing evidence is replaced by the last good value, never by an old answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from creditstorm.credit.decision import Decision
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from mock_services.cache.layers import Store
from mock_services.cache.memory import Remembered
from mock_services.policies.axes import Missing, Policy
from mock_services.policies.case import Case
from mock_services.wire.payloads import CreditRequest


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

    def over(self, store: Store) -> LastKnownGoodRule:
        """The same rule over another store, such as what was read ahead for one request."""
        return replace(self, store=store)

    def fill(self, asked: CreditRequest, service: str, evidence: Evidence) -> Evidence:
        """Fresh evidence, which is remembered, or the last good value that is young enough."""
        if evidence.usable:
            self._learn(asked, service, evidence)
            return evidence
        known = None if evidence.status is EvidenceStatus.REFUSED else self.store.recall(asked, service)
        if known is None:
            return evidence
        age_s = max(0.0, self.now() - known.as_of)
        return evidence if age_s > self.ttl_s.get(service, 0.0) else _stale(evidence, known, age_s)

    def decide(self, case: Case) -> Decision:
        """The decision on the evidence, old values included."""
        return self.otherwise.decide(case)

    def _learn(self, asked: CreditRequest, service: str, evidence: Evidence) -> None:
        if evidence.sd:
            return  # a score with something missing is not a good value
        as_of = self.now() - (evidence.age_s or 0.0)
        known = Remembered(evidence.value, as_of, evidence.version, evidence.sd)
        self.store.learn(asked, service, known)


def store_of(policy: Policy) -> Store | None:
    """The store of a policy that keeps last known good values."""
    return policy.missing.store if isinstance(policy.missing, LastKnownGoodRule) else None


def _stale(lost: Evidence, known: Remembered, age_s: float) -> Evidence:
    return Evidence(EvidenceStatus.STALE, known.value, age_s, lost.latency_s, known.version, known.sd)
