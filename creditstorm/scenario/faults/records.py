"""Faults of what a source says about people: nothing, null, yesterday, another unit, a few points off."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstorm.scenario.base import Age, Number, key, one_of
from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import MeasuringTarget, SourceTarget


class Empty(InsideFault):
    """A share of calls is answered at once with 200 and no record: a plausible lie."""

    kind: Literal["empty"] = "empty"
    target: SourceTarget
    share: SomeShare = 1.0


class NullFields(InsideFault):
    """A share of records carries null, or 0, in place of the value."""

    kind: Literal["null_fields"] = "null_fields"
    target: SourceTarget
    share: SomeShare = 1.0
    reads: Annotated[str, *one_of("what a lost field reads", ("null", "zero"))] = "null"


class Stale(InsideFault):
    """A share of records is `age_s` old: it says so, and holds the value of that time."""

    kind: Literal["stale"] = "stale"
    target: SourceTarget
    share: SomeShare = 1.0
    age_s: Annotated[Age, Field(gt=0.0), key("age")]


class UnitChange(InsideFault):
    """A share of records carries `factor` times the value."""

    kind: Literal["unit_change"] = "unit_change"
    target: MeasuringTarget
    share: SomeShare = 1.0
    factor: Annotated[Number, Field(gt=0.0, le=1e6)]


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
