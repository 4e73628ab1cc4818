"""Faults of the store of last known values: emptied, or wrong."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.base import SomeShare
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


class Poison(InsideFault):
    """A share of what is remembered meanwhile is wrong."""

    kind: Literal["poison"] = "poison"
    target: DecisionTarget = DECISION
    share: SomeShare = 1.0

    @property
    def met_by(self) -> str:
        """It happens to the store, not to a request."""
        return "nobody"
