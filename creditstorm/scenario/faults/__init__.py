"""The kinds of fault: one class, one file, one line here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from creditstorm.scenario.faults.bandwidth import Bandwidth
from creditstorm.scenario.faults.base import FaultBase
from creditstorm.scenario.faults.blackhole import Blackhole
from creditstorm.scenario.faults.capacity import CapacityLoss
from creditstorm.scenario.faults.consent_revoked import ConsentWithdrawn
from creditstorm.scenario.faults.down import Down
from creditstorm.scenario.faults.empty import Empty
from creditstorm.scenario.faults.errors import Errors
from creditstorm.scenario.faults.flush import Flush
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.kill import Kill
from creditstorm.scenario.faults.latency import Latency
from creditstorm.scenario.faults.limit_data import LimitData
from creditstorm.scenario.faults.malformed import Malformed
from creditstorm.scenario.faults.network import DIRECTIONS, NetworkFault
from creditstorm.scenario.faults.null_fields import NullFields
from creditstorm.scenario.faults.partial_dc import PartialDc
from creditstorm.scenario.faults.pause import Pause
from creditstorm.scenario.faults.people import PeopleFault
from creditstorm.scenario.faults.poison import Poison
from creditstorm.scenario.faults.process import ProcessFault
from creditstorm.scenario.faults.profile_update import ProfileChange
from creditstorm.scenario.faults.reset import Reset
from creditstorm.scenario.faults.restart import Restart
from creditstorm.scenario.faults.sick import Sick
from creditstorm.scenario.faults.skew import Skew
from creditstorm.scenario.faults.slicer import Slicer
from creditstorm.scenario.faults.slow import Slow
from creditstorm.scenario.faults.slow_close import SlowClose
from creditstorm.scenario.faults.stale import Stale
from creditstorm.scenario.faults.strategy_change import StrategyRollOut
from creditstorm.scenario.faults.targets import DECISION, REPLICAS, STORE, TARGETS
from creditstorm.scenario.faults.unit_change import UnitChange
from creditstorm.scenario.plugged import open_to, plugged_faults

Fault = Annotated[
    Bandwidth
    | Blackhole
    | CapacityLoss
    | ConsentWithdrawn
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
    | ProfileChange
    | Reset
    | Restart
    | Sick
    | Skew
    | Slicer
    | Slow
    | SlowClose
    | Stale
    | StrategyRollOut
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
    "CapacityLoss",
    "ConsentWithdrawn",
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
    "ProfileChange",
    "Reset",
    "Restart",
    "Sick",
    "Skew",
    "Slicer",
    "Slow",
    "SlowClose",
    "Stale",
    "StrategyRollOut",
    "UnitChange",
]
