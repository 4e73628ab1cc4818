"""What ordinary requests tell about the state of things: who answers, whether there is room, how fast it goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Final

from creditstorm.credit.evidence import Evidence, EvidenceStatus

DECISION: Final = "decision"
"""What a person who was turned away waits for: room in this service itself."""
QUIET_S: Final = 1.0
"""So long nobody must have been turned away before there is room for those who wait."""
WINDOW_S: Final = 5.0

_FRESH: Final = frozenset({EvidenceStatus.OK, EvidenceStatus.EMPTY})


@dataclass(slots=True)
class SourceHealth:
    """The latest news of each service counts; `skipped` (nobody asked) is no news, an old value is bad news."""

    capacity_hz: float = 0.0
    """The most decisions a second that were seen over a whole window."""
    last_request_at: float = -inf
    _turned_away_at: float = -inf
    _lost: set[str] = field(default_factory=set)
    _window_from: float = -inf
    _in_window: int = 0

    def request(self, now: float, *, let_in: bool) -> None:
        """An ordinary request was answered."""
        self.last_request_at = now
        if not let_in:
            self._turned_away_at = now
            return
        if now - self._window_from >= WINDOW_S:
            self.capacity_hz = max(self.capacity_hz, self._in_window / (now - self._window_from))
            self._window_from, self._in_window = now, 0
        self._in_window += 1

    def evidence(self, evidence: Mapping[str, Evidence]) -> None:
        """A request, ordinary or not, got this."""
        for service, found in evidence.items():
            if found.usable and found.status in _FRESH:
                self._lost.discard(service)
            elif found.status is not EvidenceStatus.SKIPPED:
                self._lost.add(service)

    def missed(self, service: str) -> None:
        """Somebody could not be decided about for want of it."""
        self._lost.add(service)

    def room(self, now: float) -> bool:
        """Whether nobody was turned away of late: those who stand at the door come before those who wait."""
        return now - self._turned_away_at >= QUIET_S

    def back(self, service: str) -> bool:
        """Whether a service that was missed has been seen to answer since."""
        return service == DECISION or service not in self._lost
