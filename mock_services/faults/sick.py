"""`sick`: slow and failing at once, as a service in trouble is."""

from __future__ import annotations

from fastapi import Response

from mock_services.faults.base import Factor, Share
from mock_services.faults.calls import SharedFault
from mock_services.faults.moments import Call
from mock_services.work import refusal


class Sick(SharedFault):
    """Every call × factor slower, and a share of them a 503 in the end; every call meets it."""

    factor: Factor = 5.0
    share: Share = 0.3

    def stretched(self, call: Call, service_s: float) -> float:  # noqa: ARG002 - all alike
        """Longer for everybody."""
        self._met += 1
        return service_s * self.factor

    def fails(self, call: Call) -> Response | None:
        """In vain for some."""
        return refusal(503, "a fault is on") if self.struck(call) else None
