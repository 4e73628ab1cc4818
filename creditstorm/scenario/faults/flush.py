"""`flush`: the store of last known values is emptied."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import DECISION, DecisionTarget


class Flush(InsideFault):
    """Everything remembered is forgotten when it begins."""

    kind: Literal["flush"] = "flush"
    target: DecisionTarget = DECISION

    @property
    def met_by(self) -> str:
        """It happens to the store, not to a request."""
        return "nobody"
