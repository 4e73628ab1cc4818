"""What the engine says while a run goes on: marks for the journal, and its progress.

Console, journal and web view are consumers of this one stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from creditstorm.record.marks import (
    ChildDied,
    FaultApplied,
    FaultCleared,
    FaultEffective,
    FaultMark,
    FaultUnverified,
    LoadFinished,
    LoadStarted,
    Mark,
    RunEnded,
    ServiceReady,
    StopRequested,
)

__all__ = [
    "ChildDied",
    "Event",
    "FaultApplied",
    "FaultCleared",
    "FaultEffective",
    "FaultMark",
    "FaultUnverified",
    "LoadFinished",
    "LoadStarted",
    "Mark",
    "Progress",
    "RunEnded",
    "ServiceReady",
    "StopRequested",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the load has done so far; not kept in the journal."""

    name: ClassVar[str] = "progress"
    t_s: float
    intended: int
    answered: int
    wrongful: int
    in_flight: int


Event = Mark | Progress
"""Something that the engine says, at `t_s` seconds since the start of the load (negative before it)."""
