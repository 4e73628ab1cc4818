"""Who is let in under load: everybody, so many at a time, or some of them first."""

from __future__ import annotations

from creditstorm.credit.applicants import Segment
from mock_services.wire.payloads import CreditRequest


class OpenDoor:
    """Lets everybody in, whatever the load."""

    def enter(self, asked: CreditRequest) -> bool:  # noqa: ARG002 - everybody alike
        """Always true."""
        return True

    def leave(self, took_s: float) -> None:
        """Nothing to keep count of."""


class InflightCapDoor:
    """Lets a request in while fewer than `limit` are being decided; by Little's law a bound on the waiting of all."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.in_flight = 0

    def enter(self, asked: CreditRequest) -> bool:  # noqa: ARG002 - everybody alike
        """Whether there is room."""
        if self.in_flight >= self._limit:
            return False
        self.in_flight += 1
        return True

    def leave(self, took_s: float) -> None:  # noqa: ARG002 - only the number counts
        """There is room for one more."""
        self.in_flight -= 1


class PriorityDoor:
    """Turns consumers away before micro businesses, and nobody while fewer than the consumers' part are inside."""

    def __init__(self, limit: int, reserved: float) -> None:
        self._room = {Segment.MICRO_BUSINESS: limit, Segment.CONSUMER: max(1, limit - round(limit * reserved))}
        self.in_flight = 0

    def enter(self, asked: CreditRequest) -> bool:
        """Whether there is room for this class."""
        if self.in_flight >= self._room[asked.segment]:
            return False
        self.in_flight += 1
        return True

    def leave(self, took_s: float) -> None:  # noqa: ARG002 - only the number counts
        """There is room for one more."""
        self.in_flight -= 1
