"""`malformed`: a 200 with half a body."""

from __future__ import annotations

from mock_services.faults.calls import SharedFault
from mock_services.faults.moments import Call


class Malformed(SharedFault):
    """Whole HTTP, half JSON."""

    def spoiled(self, call: Call, body: bytes) -> bytes:
        """The first half."""
        return body[: len(body) // 2] if self.strikes(call) else body
