"""`unit_change`: the same field in another unit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstorm.scenario.base import Number
from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import MeasuringTarget


class UnitChange(InsideFault):
    """A share of records carries `factor` times the value."""

    kind: Literal["unit_change"] = "unit_change"
    target: MeasuringTarget
    share: SomeShare = 1.0
    factor: Annotated[Number, Field(gt=0.0, le=1e6)]
