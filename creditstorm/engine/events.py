"""What the engine says while a run goes on; console, journal and web view are consumers of this one stream."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar

from creditstorm.record.manifest import Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at `t_s` seconds since the start of the load (negative before it)."""

    name: ClassVar[str] = "event"
    t_s: float

    def as_mark(self) -> dict[str, object]:
        """The JSON object of the journal `marks.jsonl`; what is None is left out."""
        told = {key: value for key, value in asdict(self).items() if key != "t_s" and value is not None}
        return {"t_s": round(self.t_s, 6), "event": self.name, **told}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReady(Event):
    """A child process answers."""

    name: ClassVar[str] = "service_ready"
    service: str
    pid: int
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadStarted(Event):
    """The instant 0 of every `_s`; `planned` first attempts are going to be intended."""

    name: ClassVar[str] = "load_started"
    planned: int
    ends_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEvent(Event):
    """A fault changes state; `fault` is its unique name in the run."""

    fault: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultApplied(FaultEvent):
    """Toxiproxy confirmed the fault (not yet verified)."""

    name: ClassVar[str] = "fault_applied"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEffective(FaultEvent):
    """A probe through the path met the effect: the verified first instant."""

    name: ClassVar[str] = "fault_effective"
    verified_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultUnverified(FaultEvent):
    """No probe met the effect (or its end) in time; the run cannot be conclusive."""

    name: ClassVar[str] = "fault_unverified"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCleared(FaultEvent):
    """A probe through the path was clean again: the verified last instant.

    `met` is how many requests met the fault, probes left out; None where the service does not count them.
    """

    name: ClassVar[str] = "fault_cleared"
    verified_by: str
    met: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Event):
    """What the load has done so far; not kept in the journal."""

    name: ClassVar[str] = "progress"
    intended: int
    answered: int
    wrongful: int
    in_flight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFinished(Event):
    """The load ended by itself: every session is over."""

    name: ClassVar[str] = "load_finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRequested(Event):
    """A person or a signal asked to stop; what was measured is kept."""

    name: ClassVar[str] = "stop_requested"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildDied(Event):
    """A child process ended that should not have; its last log lines go with it."""

    name: ClassVar[str] = "child_died"
    child: str
    exit_code: int
    last_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Event):
    """The last event."""

    name: ClassVar[str] = "run_ended"
    how: Ending
