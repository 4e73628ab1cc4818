"""The kinds of fault: one class, one file, one line here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from creditstorm.scenario.faults.bandwidth import Bandwidth
from creditstorm.scenario.faults.base import DECISION, DIRECTIONS, TARGETS, FaultBase
from creditstorm.scenario.faults.blackhole import Blackhole
from creditstorm.scenario.faults.down import Down
from creditstorm.scenario.faults.latency import Latency
from creditstorm.scenario.faults.limit_data import LimitData
from creditstorm.scenario.faults.reset import Reset
from creditstorm.scenario.faults.slicer import Slicer
from creditstorm.scenario.faults.slow_close import SlowClose

Fault = Annotated[
    Bandwidth | Blackhole | Down | Latency | LimitData | Reset | Slicer | SlowClose, Field(discriminator="kind")
]
"""One fault of any kind."""

__all__ = [
    "DECISION",
    "DIRECTIONS",
    "TARGETS",
    "Bandwidth",
    "Blackhole",
    "Down",
    "Fault",
    "FaultBase",
    "Latency",
    "LimitData",
    "Reset",
    "Slicer",
    "SlowClose",
]
