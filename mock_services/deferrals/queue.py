"""Who waits for a decision: bounded, for a while, in order; and the notices that end the wait, page by page."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from creditstorm.credit import Decision, Segment
from creditstorm.credit.case import CreditRequest

_Key = tuple[int, int]
_Place = tuple[float, _Key]
_Lane = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Deferred:
    """One person who was told undetermined: for want of which service, and since when (unix seconds).

    `redecided` counts how often it was decided again at all, `again` how often that was deferred in its turn.
    """

    request: CreditRequest
    lost: str
    deferred_at: float
    redecided: int = 0
    again: int = 0

    @property
    def key(self) -> _Key:
        """A session waits once, with its latest tap."""
        return self.request.applicant, self.request.session


class DeferredQueue:
    """At most `most` sessions; micro businesses come first, then the newest. What is too old or too much is counted."""

    def __init__(self, within_s: float, most: int) -> None:
        self._within_s = within_s
        self._most = most
        self._waiting: dict[_Key, Deferred] = {}
        self._lanes: dict[_Lane, list[_Place]] = {}
        self.expired = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, one: Deferred) -> None:
        """Let a session wait; where that is one too many, the one that has waited longest goes."""
        self.forget(one.key)
        self._waiting[one.key] = one
        insort(self._lanes.setdefault(_lane(one), []), (one.deferred_at, one.key))
        if len(self._waiting) > self._most:
            self.forget(self._oldest()[1])
            self.dropped += 1

    def forget(self, key: _Key) -> None:
        """Let a session wait no more; one that does not wait is fine."""
        one = self._waiting.pop(key, None)
        if one is not None:
            lane = self._lanes[_lane(one)]
            del lane[bisect_left(lane, (one.deferred_at, key))]

    def expire(self, now: float) -> None:
        """Drop who has waited for longer than is promised."""
        while self._waiting and self._oldest()[0] < now - self._within_s:
            self.forget(self._oldest()[1])
            self.expired += 1

    def take(self, back: Callable[[str], bool]) -> Deferred | None:
        """The next of those whose service is back; None where nobody's is."""
        for first in (True, False):
            newest = [lane[-1] for (lost, micro), lane in self._lanes.items() if lane and micro is first and back(lost)]
            if newest:
                return self._take(max(newest))
        return None

    def take_oldest(self) -> Deferred | None:
        """The one that has waited longest, whatever it waits for; None where nobody waits."""
        return self._take(self._oldest()) if self._waiting else None

    def _take(self, place: _Place) -> Deferred:
        one = self._waiting[place[1]]
        self.forget(one.key)
        return one

    def _oldest(self) -> _Place:
        return min(lane[0] for lane in self._lanes.values() if lane)


def _lane(one: Deferred) -> _Lane:
    return one.lost, one.request.segment == Segment.MICRO_BUSINESS


MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Notice:
    """The decision that follows an undetermined answer; both instants in unix seconds."""

    request: CreditRequest
    decision: Decision
    strategy_version: str
    deferred_at: float
    decided_at: float

    def as_json(self) -> dict[str, object]:
        """The notice as it is sent."""
        return {
            "applicant": self.request.applicant,
            "session": self.request.session,
            "attempt": self.request.attempt,
            "answer": self.decision.answer,
            "limit_cny": self.decision.limit_cny,
            "reason": self.decision.reason,
            "cause": self.decision.cause,
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
        """Show a notice to everybody who reads from now on."""
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
