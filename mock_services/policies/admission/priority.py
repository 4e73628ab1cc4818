"""At most so many requests at a time, and some of the room is kept for those who come first.

The classes, first to last, by what the front door knows without asking anybody:

1. `micro_business`: a shop that cannot pay its suppliers today; may use all of the room.
2. `consumer`: may use all but the reserved share.

Report the rates by segment beside the overall one, so that priority does not hide whom it harms.
"""

from __future__ import annotations

from creditstorm.credit.applicants import Segment
from mock_services.policies.case import Asked


class PriorityDoor:
    """Turns consumers away before micro businesses, and nobody while fewer than the consumers' part are inside."""

    def __init__(self, limit: int, reserved: float) -> None:
        self._room = {Segment.MICRO_BUSINESS: limit, Segment.CONSUMER: max(1, limit - round(limit * reserved))}
        self.in_flight = 0

    def enter(self, asked: Asked) -> bool:
        """Whether there is room for this class."""
        if self.in_flight >= self._room[asked.segment]:
            return False
        self.in_flight += 1
        return True

    def leave(self, took_s: float) -> None:  # noqa: ARG002 - only the number counts
        """There is room for one more."""
        self.in_flight -= 1
