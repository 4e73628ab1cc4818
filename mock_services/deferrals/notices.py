"""What people who waited are notified of: the newest decisions, read page by page with a cursor."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Final

from creditstorm.credit.decision import Decision
from mock_services.wire.payloads import CreditRequest

MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Notice:
    """The decision that follows an undetermined answer; both instants in unix seconds."""

    asked: CreditRequest
    told: Decision
    strategy_version: str
    deferred_at: float
    decided_at: float

    def as_json(self) -> dict[str, object]:
        """The notice as it is sent."""
        return {
            "applicant": self.asked.applicant,
            "session": self.asked.session,
            "attempt": self.asked.attempt,
            "answer": self.told.answer,
            "limit_cny": self.told.limit_cny,
            "reason": self.told.reason,
            "cause": self.told.cause,
            "strategy_version": self.strategy_version,
            "deferred_at": self.deferred_at,
            "decided_at": self.decided_at,
        }


class NoticeBoard:
    """The last `most` notices, numbered from 1; a cursor is the number of the last one that a reader has seen."""

    def __init__(self, most: int = MOST) -> None:
        self._notices: deque[Notice] = deque(maxlen=most)
        self.posted = 0

    def post(self, notice: Notice) -> None:
        """Show a notice to everybody who looks from now on."""
        self._notices.append(notice)
        self.posted += 1

    def page(self, after: int, limit: int) -> dict[str, object]:
        """At most `limit` notices behind the cursor `after`, oldest first, and the cursor behind them.

        A cursor from before a restart of this service lies beyond the end; it reads from the beginning.
        """
        gone = self.posted - len(self._notices)
        seen = max(gone, after if after <= self.posted else 0)
        found = [notice.as_json() for notice in islice(self._notices, seen - gone, seen - gone + limit)]
        return {"cursor": seen + len(found), "notifications": found}
