"""`null_fields`: records whose value is gone."""

from __future__ import annotations

from typing import Annotated, Literal

from creditstorm.scenario.base import one_of
from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import SourceTarget


class NullFields(InsideFault):
    """A share of records carries null, or 0, in place of the value."""

    kind: Literal["null_fields"] = "null_fields"
    target: SourceTarget
    share: SomeShare = 1.0
    reads: Annotated[str, *one_of("what a lost field reads", ("null", "zero"))] = "null"
