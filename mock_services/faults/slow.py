"""`slow`: a share of the calls takes longer, and keeps its worker as long."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from mock_services.faults.base import Factor
from mock_services.faults.calls import SharedFault
from mock_services.faults.moments import Call

MAX_STRETCH: Final = 1000.0
"""No single draw of a heavy tail takes longer than this many times the usual: below alpha 1 it has no mean."""

_DRAW_TAIL: Final = 1


class Slow(SharedFault):
    """Service time × factor × a Pareto draw of at least 1, where a tail is asked for, + add."""

    factor: Factor = 1.0
    add_s: Annotated[float, Field(ge=0.0)] = 0.0
    tail_alpha: Factor | None = None

    def stretched(self, call: Call, service_s: float) -> float:
        """The service time of a call that is struck."""
        if not self.strikes(call):
            return service_s
        return service_s * self.factor * self._tail(call) + self.add_s

    def _tail(self, call: Call) -> float:
        if self.tail_alpha is None:
            return 1.0
        # Compared before the power is taken, which a tiny alpha would overflow.
        left = self.draw(call, _DRAW_TAIL)
        return MAX_STRETCH if left <= MAX_STRETCH**-self.tail_alpha else left ** (-1.0 / self.tail_alpha)
