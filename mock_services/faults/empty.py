"""`empty`: "no record" about people who have one, as a 200 and in time."""

from __future__ import annotations

from dataclasses import replace

from mock_services.faults.calls import SharedFault
from mock_services.faults.moments import Call, Reported


class Empty(SharedFault):
    """A plausible lie: nothing in the answer tells it from a true "no record", which it leaves and does not count."""

    def changed(self, call: Call, said: Reported) -> Reported:
        """No record."""
        return replace(said, record=None) if said.record is not None and self.strikes(call) else said
