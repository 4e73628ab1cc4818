"""The kinds of fault: one class, one file, one line here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from creditstorm.scenario.faults.base import FaultBase
from creditstorm.scenario.faults.calls import CapacityFault, Errors, Malformed, Sick, Slow
from creditstorm.scenario.faults.cell import PartialDc
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.network import (
    DIRECTIONS,
    Bandwidth,
    Blackhole,
    Down,
    Latency,
    LimitData,
    NetworkFault,
    Reset,
    Slicer,
    SlowClose,
)
from creditstorm.scenario.faults.people import ConsentRevokedFault, PeopleFault, ProfileUpdateFault
from creditstorm.scenario.faults.plugged import plugged_faults
from creditstorm.scenario.faults.process import Kill, Pause, ProcessFault, Restart
from creditstorm.scenario.faults.records import Empty, NullFields, Skew, Stale, UnitChange
from creditstorm.scenario.faults.store import Flush, Poison
from creditstorm.scenario.faults.strategy import StrategyChangeFault
from creditstorm.scenario.faults.targets import DECISION, REPLICAS, STORE, TARGETS
from creditstorm.scenario.open_union import open_to

Fault = Annotated[
    Bandwidth
    | Blackhole
    | CapacityFault
    | ConsentRevokedFault
    | Down
    | Empty
    | Errors
    | Flush
    | Kill
    | Latency
    | LimitData
    | Malformed
    | NullFields
    | PartialDc
    | Pause
    | Poison
    | ProfileUpdateFault
    | Reset
    | Restart
    | Sick
    | Skew
    | Slicer
    | Slow
    | SlowClose
    | Stale
    | StrategyChangeFault
    | UnitChange,
    Field(discriminator="kind"),
    open_to(plugged_faults),
]
"""One fault of any kind; those of other packages are open to the type checker as `InsideFault` only."""

__all__ = [
    "DECISION",
    "DIRECTIONS",
    "REPLICAS",
    "STORE",
    "TARGETS",
    "Bandwidth",
    "Blackhole",
    "CapacityFault",
    "ConsentRevokedFault",
    "Down",
    "Empty",
    "Errors",
    "Fault",
    "FaultBase",
    "Flush",
    "InsideFault",
    "Kill",
    "Latency",
    "LimitData",
    "Malformed",
    "NetworkFault",
    "NullFields",
    "PartialDc",
    "Pause",
    "PeopleFault",
    "Poison",
    "ProcessFault",
    "ProfileUpdateFault",
    "Reset",
    "Restart",
    "Sick",
    "Skew",
    "Slicer",
    "Slow",
    "SlowClose",
    "Stale",
    "StrategyChangeFault",
    "UnitChange",
]
