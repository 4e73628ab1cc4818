"""Missing evidence is replaced by the last good value, never by an old answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from creditstorm.credit.decision import Decision
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from mock_services.memory import Memory, Remembered
from mock_services.policies.case import Asked, Case
from mock_services.policies.missing.fail_closed import FailClosedRule


class Snapshot(Protocol):
    """Values of the past that were stored for everybody, such as those of last night."""

    def recall(self, asked: Asked, service: str) -> Remembered | None:
        """The stored value, None when the person is not covered."""


@dataclass(frozen=True, slots=True)
class LastKnownGoodRule:
    """Serves an old value only when asking failed, and only up to the service's time to live, as `stale` with its age.

    What is remembered is evidence, never a decision, so a denial with a technical cause cannot come back. The limit
    follows from the old values as it would from fresh ones. Where nothing is known it fails closed.
    """

    ttl_s: Mapping[str, float]
    memory: Memory
    snapshot: Snapshot
    otherwise: FailClosedRule
    now: Callable[[], float] = time.time

    def fill(self, asked: Asked, service: str, evidence: Evidence) -> Evidence:
        """Fresh evidence, which is remembered, or the last good value that is young enough."""
        if evidence.usable:
            self._learn(asked, service, evidence)
            return evidence
        known = self.memory.recall(asked.applicant, service) or self.snapshot.recall(asked, service)
        if known is None:
            return evidence
        age_s = max(0.0, self.now() - known.as_of)
        if age_s > self.ttl_s.get(service, 0.0):
            return evidence
        status = EvidenceStatus.STALE
        return replace(evidence, status=status, value=known.value, sd=known.sd, age_s=age_s, version=known.version)

    def decide(self, case: Case) -> Decision:
        """The decision on the evidence, old values included."""
        return self.otherwise.decide(case)

    def _learn(self, asked: Asked, service: str, evidence: Evidence) -> None:
        if evidence.sd:
            return  # a score with something missing is not a good value
        as_of = self.now() - (evidence.age_s or 0.0)
        known = Remembered(evidence.value, as_of, evidence.version, evidence.sd)
        self.memory.learn(asked.applicant, service, known)
