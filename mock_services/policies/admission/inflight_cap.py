"""At most so many requests at a time."""

from __future__ import annotations

from mock_services.policies.case import Asked


class InflightCap:
    """Lets a request in while fewer than `limit` are being decided; by Little's law a bound on the waiting of all."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.in_flight = 0

    def enter(self, asked: Asked) -> bool:  # noqa: ARG002 - everybody alike
        """Whether there is room."""
        if self.in_flight >= self._limit:
            return False
        self.in_flight += 1
        return True

    def leave(self, took_s: float) -> None:  # noqa: ARG002 - only the number counts
        """There is room for one more."""
        self.in_flight -= 1
