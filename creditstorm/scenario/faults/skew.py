"""`skew`: a bug in one attribute shifts the scores of some people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstorm.scenario.base import Number
from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import MeasuringTarget


class Skew(InsideFault):
    """A share of people is reported so that their score moves by `points` on average, up or down (Laplace)."""

    kind: Literal["skew"] = "skew"
    target: MeasuringTarget
    share: SomeShare = 0.18
    points: Annotated[Number, Field(gt=0.0, le=1000.0)] = 8.0

    @property
    def met_by(self) -> str:
        """People, by the name of the fault."""
        return "people"
