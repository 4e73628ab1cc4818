"""The journal of a run: every mark that the engine made, one JSON object a line, and read again as the same values."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Final

from pydantic import TypeAdapter, ValidationError
from creditstorm.errors import UsageError
from creditstorm.record.files import RESTORE, is_there, read_raw
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending
from creditstorm.record.plain_json import first_problem, parse_object
from creditstorm.record.soundness import EARLIEST_S, LATEST_S
from creditstorm.units import quoted


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
_READERS: Final = {str(mark.kind_of_mark): TypeAdapter[Mark](mark) for mark in EVERY}


class MarkJournal:
    """Appends marks; each line is with the kernel before the next event happens."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def write(self, mark: Mark) -> None:
        """Append one mark; OSError, which names the journal, where it takes none."""
        with self._named():
            self._file.write(json.dumps(mark.as_json(), ensure_ascii=False) + "\n")

    def close(self) -> None:
        """End the journal."""
        with self._named():
            self._file.close()

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            problem.filename = str(self._path)
            raise


def read_marks(folder: RunFolder) -> list[Mark]:
    """The marks in the order they were written; a last line torn by a kill is left out.

    Raises UsageError where another line is not a mark.
    """
    if not is_there(folder.marks):
        return []
    *whole, tail = read_raw(folder.marks).split(b"\n")
    marks = []
    for number, line in enumerate(whole, start=1):
        try:
            marks += [mark_of(_object(line))] if line else []
        except ValueError as problem:
            raise UsageError(f"{folder.marks}:{number}: not a mark ({problem}). {RESTORE}") from problem
    if tail and not tail.startswith(b"{"):
        raise UsageError(f"{folder.marks}:{len(whole) + 1}: not a mark, nor the beginning of one. {RESTORE}")
    return [*marks, *_torn(tail)]


def mark_of(line: Mapping[str, object]) -> Mark:
    """The mark of a line that has at least `t_s` and `event`; keys that this version does not know are passed over.

    ValueError where a mark of this version says something of another type.
    """
    reader = _READERS.get(str(line["event"]))
    t_s = float(str(line["t_s"]))
    if reader is None:
        return UnknownMark(t_s=t_s, line=line)
    try:
        return reader.validate_python(line)
    except ValidationError as error:
        if all(found["type"] == "missing" for found in error.errors(include_url=False)):
            # Another version's mark of that name, which says less.
            return UnknownMark(t_s=t_s, line=line)
        raise ValueError(first_problem(error)) from None


def _object(text: bytes) -> dict[str, object]:
    line = parse_object(text)
    if not isinstance(line.get("event"), str):
        raise ValueError("event: expected what happened")
    t_s = line.get("t_s")
    if isinstance(t_s, bool) or not isinstance(t_s, (int, float)) or not EARLIEST_S <= t_s <= LATEST_S:
        raise ValueError(f"t_s: expected seconds since the start of the load, got {quoted(t_s)}")
    return line


def _torn(tail: bytes) -> Iterator[Mark]:
    # The newline is written with its line: without one the writer was killed in the middle of it.
    with suppress(ValueError):
        yield mark_of(_object(tail))
