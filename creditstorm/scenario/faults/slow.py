"""`slow`: calls take longer, and hold their worker meanwhile."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from creditstorm.scenario.base import Duration, Number, key
from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import WorkerTarget
from creditstorm.scenario.problems import Problem, as_validation_error


class Slow(InsideFault):
    """For a share of calls the service time is `factor` times what it was and `add_s` more.

    With `tail_alpha` it is also multiplied by a Pareto draw of that shape: the smaller, the heavier the tail.
    """

    kind: Literal["slow"] = "slow"
    target: WorkerTarget
    share: SomeShare = 1.0
    factor: Annotated[Number, Field(ge=1.0, le=10_000.0)] = 1.0
    add_s: Annotated[Duration, key("add")] = 0.0
    tail_alpha: Annotated[Annotated[Number, Field(gt=1.0, le=100.0)] | None, key("tail")] = None

    @model_validator(mode="after")
    def _slower(self) -> Self:
        if self.factor == 1.0 and self.add_s == 0.0 and self.tail_alpha is None:
            remedy = "give at least one of factor: 8, add: 500ms, tail: 1.5"
            raise as_validation_error([Problem(what="slow that is not slower", remedy=remedy)])
        return self
