"""`sick`: slow and failing together, as real services are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstorm.scenario.base import Number
from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import WorkerTarget


class Sick(InsideFault):
    """Every call takes `factor` times as long, and a share of them fails."""

    kind: Literal["sick"] = "sick"
    target: WorkerTarget
    factor: Annotated[Number, Field(ge=1.0, le=10_000.0)] = 5.0
    share: SomeShare = 0.3
