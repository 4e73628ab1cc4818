"""`null_fields`: a record whose field is null, or reads 0."""

from __future__ import annotations

from typing import Literal

from mock_services.faults.calls import SharedFault
from mock_services.faults.moments import Call, Reported


class NullFields(SharedFault):
    """There is a record and nothing in it; people without a record are not met."""

    reads: Literal["null", "zero"] = "null"

    def changed(self, call: Call, said: Reported) -> Reported:
        """The field without its value."""
        if said.record is None or not self.strikes(call):
            return said
        return said.saying(None if self.reads == "null" else 0)
