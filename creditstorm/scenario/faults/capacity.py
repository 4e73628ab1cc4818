"""`capacity`: fewer workers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstorm.scenario.base import Number
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import WorkerTarget


class CapacityLoss(InsideFault):
    """Only the share `factor` of the workers is left, at least one; the queue stays as it was."""

    kind: Literal["capacity"] = "capacity"
    target: WorkerTarget
    factor: Annotated[Number, Field(gt=0.0, lt=1.0)]

    @property
    def met_by(self) -> str:
        """Only a queue shows it."""
        return "nobody"
