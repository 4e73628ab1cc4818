"""`unit_change`: the source reports in another unit and does not say so."""

from __future__ import annotations

from mock_services.faults.base import Factor
from mock_services.faults.calls import SharedFault
from mock_services.faults.moments import Call, Reported


class UnitChange(SharedFault):
    """Value × factor, a whole number where it is one; people without a record are not met."""

    factor: Factor

    def changed(self, call: Call, said: Reported) -> Reported:
        """The number in the other unit."""
        if said.value is None or not self.strikes(call):
            return said
        value = said.value * self.factor
        return said.saying(int(value) if value.is_integer() else value)
