"""What a run was made of: versions, seed, host, clock, how it ended. One JSON file in the run folder."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from creditstorm.errors import UsageError
from creditstorm.record.files import RESTORE, is_there, read_raw, replace_json
from creditstorm.record.folder import RunFolder
from creditstorm.record.plain_json import first_problem, parse_object

SCHEMA_VERSION: Final = 6
"""Of the raw record. Version 2 added `truth_stable`; version 3 what the lender doubted, `rejected` and `null_field` of
each service, and `decided_s` of a notice; version 4 when each service was called, and all that was decided
on; version 5 how each process fared; version 6 for how long its workers were held, and `referred`, a notice of no
decision, which earlier readers call damaged.
"""


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it holds a character that no terminal may be sent")
    return text


Word = Annotated[str, Field(max_length=1000), AfterValidator(_printable)]
"""Text that stands in a heading, on a screen or in a page."""
Seconds = Annotated[float, Field(ge=0.0, le=30 * 86_400.0)]
Instant = Annotated[float, Field(ge=-1e12, le=1e12)]
"""Of a clock, whatever it counts from."""


class Ending(StrEnum):
    """How a run can have ended, `stopped` by an alarm.

    `running` in a folder nobody writes to means the harness was killed.
    """

    RUNNING = "running"
    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    STOPPED = "stopped"
    FAILED = "failed"


class Mode(StrEnum):
    """How a run was carried out: with real processes and real time, or in virtual time within one process."""

    LIVE = "live"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class GitState:
    """The commit the run was made from."""

    commit: Word
    dirty: bool


@dataclass(frozen=True, slots=True)
class Host:
    """The machine."""

    system: Word
    machine: Word
    cores: Annotated[int, Field(ge=1, le=100_000)]
    memory_gib: Annotated[float, Field(ge=0.0, le=1e6)]


@dataclass(frozen=True, slots=True)
class ClockAnchor:
    """One instant on both clocks: 0 of every `_s` is at `monotonic_s`."""

    unix_s: Instant
    monotonic_s: Instant


@dataclass(frozen=True, slots=True)
class Ended:
    """How the run ended and why."""

    how: Ending
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything about a run that is not a row and not a mark.

    A later schema version may add fields with defaults and must go on reading files of every earlier one.
    """

    run_id: Annotated[str, Field(max_length=1000)]
    """The name of its folder, whatever letters that has."""
    scenario_id: Word
    policy: Word
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    created: Word
    """RFC 3339, UTC."""
    versions: dict[Word, Word]
    git: GitState | None
    host: Host
    clock: ClockAnchor
    processes: Annotated[int, Field(ge=1, le=100_000)]
    planned: Annotated[int, Field(ge=0, le=1_000_000_000)]
    """First attempts that were going to be intended."""
    duration_s: Seconds
    """Planned end of the arrivals."""
    ended: Ended
    dead_workers: tuple[int, ...] = ()
    overrides: tuple[str, ...] = ()
    mode: Mode = Mode.LIVE
    costs: dict[Word, Seconds] | None = None
    """Seconds that a simulated run took a hop and a call to be; None where the run was live, or they are not known."""
    scenario_sha256: str = ""
    """Of the file with the scenario; empty in runs of before it was kept."""
    schema_version: int = field(default=SCHEMA_VERSION)

    def write(self, folder: RunFolder) -> None:
        """Put the manifest into the run folder, in one step."""
        replace_json(folder.manifest, asdict(self), indent=1)

    @classmethod
    def read(cls, folder: RunFolder) -> "Manifest":
        """The manifest of a run folder; UsageError says what is wrong with it and what to do."""
        content = _object_at(folder)
        check_version(folder.manifest, content.get("schema_version"))
        try:
            return _reader().validate_python(content)
        except ValidationError as error:
            what = first_problem(error)
            raise UsageError(f"{folder.manifest}: not the manifest of a run ({what}). {RESTORE}") from error


def scenario_digest(folder: RunFolder) -> str:
    """The SHA-256 of the scenario as it stands in the folder."""
    return sha256(read_raw(folder.scenario)).hexdigest()


@cache
def _reader() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)


def check_version(path: Path, version: object) -> None:
    """Raises UsageError unless this creditstorm can read schema `version` (every one up to its own)."""
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise UsageError(f"{path}: no schema version in it, so this is not a run of creditstorm. {RESTORE}")
    if version > SCHEMA_VERSION:
        raise UsageError(
            f"{path}: written by a newer creditstorm (schema {version}; this one reads up to {SCHEMA_VERSION}). "
            "Upgrade creditstorm to read it."
        )


def _object_at(folder: RunFolder) -> dict[str, object]:
    if not is_there(folder.manifest):
        raise UsageError(
            f"{folder.root}: not a run folder (no {folder.manifest.name} in it). Name a folder that "
            "`creditstorm run` made, such as results/<run-id>."
        )
    try:
        return parse_object(read_raw(folder.manifest, most=10_000_000))
    except (OSError, ValueError) as problem:
        raise UsageError(f"{folder.manifest}: cannot be read ({problem}). {RESTORE}") from problem
