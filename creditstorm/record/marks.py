"""Every mark of a run: what happened, and when, as frozen values that engine, record and analysis share."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import ClassVar, Final

from creditstorm.record.manifest import Ending


class MarkKind(StrEnum):
    """What a mark says has happened: the `event` of its line."""

    SERVICE_READY = "service_ready"
    LOAD_STARTED = "load_started"
    FAULT_APPLIED = "fault_applied"
    FAULT_EFFECTIVE = "fault_effective"
    FAULT_UNVERIFIED = "fault_unverified"
    FAULT_CLEARED = "fault_cleared"
    FAULT_MISSED = "fault_missed"
    HARNESS_STALLED = "harness_stalled"
    CLOCK_JUMPED = "clock_jumped"
    ALARM_RAISED = "alarm_raised"
    ALARM_ENDED = "alarm_ended"
    LOAD_FINISHED = "load_finished"
    STOP_REQUESTED = "stop_requested"
    CHILD_DIED = "child_died"
    PART_FAILED = "part_failed"
    RUN_ENDED = "run_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened at `t_s` seconds since the start of the load (negative before it)."""

    kind_of_mark: ClassVar[MarkKind | None] = None
    t_s: float

    @property
    def name(self) -> str:
        """What happened, as its line says it."""
        return self.kind_of_mark or ""

    def as_json(self) -> dict[str, object]:
        """The JSON object of its line; what is None is left out."""
        own = {name: value for name, value in asdict(self).items() if name != "t_s" and value is not None}
        return {"t_s": round(self.t_s, 6), "event": self.name, **own}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownMark(Mark):
    """A mark of another version of creditstorm, kept as it was; nothing is concluded from it."""

    line: Mapping[str, object]

    @property
    def name(self) -> str:
        """What happened, in a word that this version may not know."""
        return str(self.line["event"])

    def as_json(self) -> dict[str, object]:
        """The JSON object of its line."""
        return dict(self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReady(Mark):
    """A child process answers."""

    kind_of_mark = MarkKind.SERVICE_READY
    service: str
    pid: int
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadStarted(Mark):
    """The instant 0 of every `_s`; `planned` first attempts are going to be intended."""

    kind_of_mark = MarkKind.LOAD_STARTED
    planned: int
    ends_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultMark(Mark):
    """A fault changes state; `fault` is its unique name in the run."""

    fault: str
    kind: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultApplied(FaultMark):
    """Toxiproxy confirmed the fault (not yet verified)."""

    kind_of_mark = MarkKind.FAULT_APPLIED


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEffective(FaultMark):
    """A probe through the path met the effect: the verified first instant."""

    kind_of_mark = MarkKind.FAULT_EFFECTIVE
    verified_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultUnverified(FaultMark):
    """No probe met the effect (or its end) in time; the run cannot be conclusive."""

    kind_of_mark = MarkKind.FAULT_UNVERIFIED
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCleared(FaultMark):
    """A probe through the path was clean again: the verified last instant.

    `met` is how many requests met the fault, probes left out; None where the service does not count them.
    """

    kind_of_mark = MarkKind.FAULT_CLEARED
    verified_by: str = ""
    met: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultMissed(Mark):
    """A fault was not begun, because the harness came `overdue_s` too late for more than half of it to be left."""

    kind_of_mark = MarkKind.FAULT_MISSED
    fault: str
    kind: str
    target: str
    overdue_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HarnessStalled(Mark):
    """The harness itself did nothing for `seconds`: it was stopped, or got no CPU."""

    kind_of_mark = MarkKind.HARNESS_STALLED
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJumped(Mark):
    """The whole machine was asleep for `seconds`, in which the clock of the run stood still."""

    kind_of_mark = MarkKind.CLOCK_JUMPED
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmMark(Mark):
    """What a monitor says, told when the answers that it rests on were kept; `raised_s` is by these answers."""

    monitor: str
    raised_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(AlarmMark):
    """A monitor raises its alarm."""

    kind_of_mark = MarkKind.ALARM_RAISED


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmEnded(AlarmMark):
    """The alarm that was raised then is over."""

    kind_of_mark = MarkKind.ALARM_ENDED
    ended_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFinished(Mark):
    """The load ended by itself: every session is over."""

    kind_of_mark = MarkKind.LOAD_FINISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRequested(Mark):
    """A person, a signal or the alarm of a `monitor` asked to stop; what was measured is kept."""

    kind_of_mark = MarkKind.STOP_REQUESTED
    reason: str
    monitor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildDied(Mark):
    """A child process ended that should not have; its last log lines go with it."""

    kind_of_mark = MarkKind.CHILD_DIED
    child: str
    exit_code: int
    last_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFailed(Mark):
    """A part of the run, own or borrowed, failed without an exit code that anybody saw; `state` is what it does."""

    kind_of_mark = MarkKind.PART_FAILED
    part: str
    state: str
    last_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Mark):
    """The last mark."""

    kind_of_mark = MarkKind.RUN_ENDED
    how: Ending


EVERY: Final[tuple[type[Mark], ...]] = (
    *(ServiceReady, LoadStarted, FaultApplied, FaultEffective, FaultUnverified, FaultCleared, FaultMissed),
    *(HarnessStalled, ClockJumped, AlarmRaised, AlarmEnded),
    *(LoadFinished, StopRequested, ChildDied, PartFailed, RunEnded),
)
"""Every mark that a journal may hold."""
