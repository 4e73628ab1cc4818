"""Which replica of a service is asked: spread by key, without the ones that fail (outlier ejection)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from yarl import URL

from creditstorm.credit.evidence import Evidence
from creditstorm.credit.keyed import Keyed
from mock_services.wire.payloads import CreditRequest

FAILURES: Final = 5
EJECTED_S: Final = 5.0
"""Five failures in a row, as Envoy's `consecutive_5xx`; 5 s instead of its `base_ejection_time` of 30 s, because storms
here are minutes long. As there, the n-th ejection in a row lasts n times as long."""

_SPREAD: Final = Keyed(0, "replica")


@dataclass(slots=True)
class Replica:
    """One replica, and how it has done lately."""

    url: URL
    failures: int = 0
    ejections: int = 0
    back_at: float = 0.0


class Replicas:
    """Every request has a replica of its own, by its key, and its next try goes to the next one.

    A replica is left out after five failures in a row, whichever requests they befell; when all are left out, all are
    asked as if none were. What a person forbids is no failure.
    """

    def __init__(self, urls: Sequence[URL], now: Callable[[], float] = time.time) -> None:
        self._replicas = tuple(map(Replica, urls))
        self._now = now

    def pick(self, asked: CreditRequest, nth_try: int) -> Replica:
        """The replica for this try."""
        if len(self._replicas) == 1:
            return self._replicas[0]
        now = self._now()
        healthy = [replica for replica in self._replicas if replica.back_at <= now] or self._replicas
        first = _SPREAD.bits(asked.applicant, asked.session, asked.attempt)
        return healthy[(first + nth_try) % len(healthy)]

    def learn(self, replica: Replica, evidence: Evidence) -> Evidence:
        """The evidence of a try at this replica; of a failure it says whether there is another one left."""
        if evidence.answered:
            replica.failures = replica.ejections = 0
            return evidence
        now = self._now()
        if replica.back_at <= now:  # else it was under way when the replica was left out, and says nothing new
            self._failed(replica, now)
        left = any(other is not replica and other.back_at <= now for other in self._replicas)
        return replace(evidence, replica_left=True) if left else evidence

    def _failed(self, replica: Replica, now: float) -> None:
        replica.failures += 1
        if replica.failures >= FAILURES:
            replica.failures = 0
            replica.ejections += 1
            replica.back_at = now + EJECTED_S * replica.ejections
