"""The journal of a run: every mark that the engine made, one JSON object a line, and read again as the same values."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Final

from pydantic import TypeAdapter, ValidationError
from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder
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
class LoadFinished(Mark):
    """The load ended by itself: every session is over."""

    kind_of_mark = MarkKind.LOAD_FINISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRequested(Mark):
    """A person or a signal asked to stop; what was measured is kept."""

    kind_of_mark = MarkKind.STOP_REQUESTED
    reason: str


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
    *(HarnessStalled, ClockJumped),
    *(LoadFinished, StopRequested, ChildDied, PartFailed, RunEnded),
)
"""Every mark that a journal may hold."""
_READERS: Final = {str(mark.kind_of_mark): TypeAdapter[Mark](mark) for mark in EVERY}


class MarkJournal:
    """Appends marks; each line is with the kernel before the next event happens."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def write(self, mark: Mark) -> None:
        """Append one mark."""
        self._file.write(json.dumps(mark.as_json(), ensure_ascii=False) + "\n")

    def close(self) -> None:
        """End the journal."""
        self._file.close()


def read_marks(folder: RunFolder) -> list[Mark]:
    """The marks in the order they were written; a last line torn by a kill is left out.

    Raises UsageError where another line is not a mark.
    """
    if not folder.marks.exists():
        return []
    *whole, tail = folder.marks.read_text(encoding="utf-8", errors="replace").split("\n")
    lines = [_line(folder.marks, number, line) for number, line in enumerate(whole, start=1) if line]
    return [mark_of(line) for line in (*lines, *_torn(tail))]


def mark_of(line: Mapping[str, object]) -> Mark:
    """The mark of a line that has at least `t_s` and `event`; keys that this version does not know are passed over."""
    try:
        return _READERS[str(line["event"])].validate_python(line)
    except (KeyError, ValidationError):
        # Another version has other marks, or its mark of that name says other things.
        return UnknownMark(t_s=float(str(line["t_s"])), line=line)


def _line(path: Path, number: int, text: str) -> dict[str, object]:
    try:
        line = json.loads(text)
    except ValueError:
        line = None
    if not isinstance(line, dict) or not isinstance(line.get("event"), str) or not _is_number(line.get("t_s")):
        raise UsageError(
            f"{path}:{number}: not a mark (a JSON object with t_s and event). "
            "The journal was changed after the run; restore it or run again."
        )
    return line


def _torn(tail: str) -> Iterator[dict[str, object]]:
    # The newline is written with its line: without one the writer was killed in the middle of it.
    try:
        line = json.loads(tail)
    except ValueError:
        return
    if isinstance(line, dict) and isinstance(line.get("event"), str) and _is_number(line.get("t_s")):
        yield line


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
