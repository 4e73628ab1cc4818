"""What the engine says while a run goes on: marks for the journal, and progress. All consumers read this one stream."""

from dataclasses import dataclass
from typing import ClassVar

from creditstorm.record import marks

Mark = marks.Mark
ServiceReady = marks.ServiceReady
LoadStarted = marks.LoadStarted
FaultMark = marks.FaultMark
FaultApplied = marks.FaultApplied
FaultEffective = marks.FaultEffective
FaultUnverified = marks.FaultUnverified
FaultCleared = marks.FaultCleared
FaultMissed = marks.FaultMissed
HarnessStalled = marks.HarnessStalled
ClockJumped = marks.ClockJumped
AlarmRaised = marks.AlarmRaised
AlarmEnded = marks.AlarmEnded
LoadFinished = marks.LoadFinished
StopRequested = marks.StopRequested
ChildDied = marks.ChildDied
PartFailed = marks.PartFailed
RunEnded = marks.RunEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the load has done so far; not kept in the journal.

    All answers from before `kept_s` can be read in `live/`.
    """

    name: ClassVar[str] = "progress"
    t_s: float
    intended: int
    answered: int
    wrongful: int
    in_flight: int
    kept_s: float


Event = Mark | Progress
"""Something that the engine says, at `t_s` seconds since the start of the load (negative before it)."""
