"""Which replica of a service is asked: spread by key, without the ones that fail (outlier ejection)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from yarl import URL

from creditstorm.credit.evidence import Evidence
from creditstorm.credit.keyed import Keyed
from mock_services.policies.case import Asked

FAILURES: Final = 5
EJECTED_S: Final = 5.0
"""Five failures in a row, as Envoy's `consecutive_5xx`; 5 s instead of its `base_ejection_time` of 30 s, because storms
here are minutes long. As there, the n-th ejection in a row lasts n times as long."""

_SPREAD: Final = Keyed(0, "cell")


@dataclass(slots=True)
class Cell:
    """One replica, and how it has done lately."""

    url: URL
    failures: int = 0
    ejections: int = 0
    back_at: float = 0.0


class Cells:
    """Every request has a replica of its own, by its key, and its next try goes to the next one.

    A replica is left out after five failures in a row, whichever requests they befell; when all are left out, all are
    asked as if none were. What a person forbids is no failure.
    """

    def __init__(self, urls: Sequence[URL], now: Callable[[], float] = time.time) -> None:
        self._cells = tuple(map(Cell, urls))
        self._now = now

    def pick(self, asked: Asked, nth_try: int) -> Cell:
        """The replica for this try."""
        if len(self._cells) == 1:
            return self._cells[0]
        now = self._now()
        healthy = [cell for cell in self._cells if cell.back_at <= now] or self._cells
        first = _SPREAD.bits(asked.applicant, asked.session, asked.attempt)
        return healthy[(first + nth_try) % len(healthy)]

    def learn(self, cell: Cell, evidence: Evidence) -> None:
        """How a try at this replica ended."""
        now = self._now()
        if evidence.answered:
            cell.failures = cell.ejections = 0
            return
        if cell.back_at > now:
            return  # it was under way when the replica was left out, and says nothing new
        cell.failures += 1
        if cell.failures >= FAILURES:
            cell.failures = 0
            cell.ejections += 1
            cell.back_at = now + EJECTED_S * cell.ejections
