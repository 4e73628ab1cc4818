"""The kinds of fault: one class, where everything about it is said, and one line here."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, get_args

from pydantic import Field
from creditstorm.credit.changes import Change
from creditstorm.plugins import FAULTS, open_to, subclasses
from creditstorm.scenario.faults.base import DECISION, REPLICAS, STORE, TARGETS, FaultBase, InsideFault
from creditstorm.scenario.faults.calls import CapacityFault, Errors, Malformed, Sick, Slow
from creditstorm.scenario.faults.decision import DecisionFault, Flush, Poison, StrategyChangeFault
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
    ToxicFault,
)
from creditstorm.scenario.faults.people import (
    ConsentRevokedFault,
    Empty,
    NullFields,
    PeopleFault,
    ProfileUpdateFault,
    Skew,
    Stale,
    UnitChange,
)
from creditstorm.scenario.faults.process import CELLS, PREFIX, Kill, PartialDc, Pause, ProcessFault, Restart


def plugged_faults() -> tuple[type[InsideFault], ...]:
    """The kinds of fault that are installed beside creditstorm; raises PluginError."""
    return subclasses(FAULTS, InsideFault)


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


@cache
def fault_kinds() -> Mapping[str, type[FaultBase]]:
    """Every kind there is by the scenario's word for it, those of other packages too; raises PluginError."""
    own: tuple[type[FaultBase], ...] = get_args(get_args(Fault)[0])
    return {kind.word(): kind for kind in (*own, *plugged_faults())}


def changes_of(faults: Iterable[FaultBase]) -> tuple[Change, ...]:
    """The changes that truth follows, in the order of the faults; faults that change no truth are left out."""
    return tuple(change for fault in faults if (change := fault.change()) is not None)


__all__ = [
    "CELLS",
    "DECISION",
    "DIRECTIONS",
    "PREFIX",
    "REPLICAS",
    "STORE",
    "TARGETS",
    "Bandwidth",
    "Blackhole",
    "CapacityFault",
    "ConsentRevokedFault",
    "DecisionFault",
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
    "ToxicFault",
    "UnitChange",
    "changes_of",
    "fault_kinds",
    "plugged_faults",
]
