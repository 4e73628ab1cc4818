"""`stale`: yesterday's records."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstorm.scenario.base import Age, key
from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import SourceTarget


class Stale(InsideFault):
    """A share of records is `age_s` old: it says so, and holds the value of that time."""

    kind: Literal["stale"] = "stale"
    target: SourceTarget
    share: SomeShare = 1.0
    age_s: Annotated[Age, Field(gt=0.0), key("age")]
