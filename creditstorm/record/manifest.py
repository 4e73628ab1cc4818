"""What a run was made of: versions, seed, host, clock, how it ended. One JSON file in the run folder."""

import json
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from creditstorm.errors import UsageError
from creditstorm.record.files import replace_json
from creditstorm.record.folder import RunFolder

SCHEMA_VERSION: Final = 4
"""Of the raw record. Version 2 added `truth_stable`; version 3 what the lender doubted, `rejected` and `null_field` of
each service, and `decided_s` of a notice; version 4 when each service was called, and all that was decided
on."""


class Ending(StrEnum):
    """How a run can have ended; `running` in a folder nobody writes to means the harness was killed."""

    RUNNING = "running"
    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Mode(StrEnum):
    """How a run was carried out: with real processes and real time, or in virtual time within one process."""

    LIVE = "live"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class GitState:
    """The commit the run was made from."""

    commit: str
    dirty: bool


@dataclass(frozen=True, slots=True)
class Host:
    """The machine."""

    system: str
    machine: str
    cores: int
    memory_gib: float


@dataclass(frozen=True, slots=True)
class ClockAnchor:
    """One instant on both clocks: 0 of every `_s` is at `monotonic_s`."""

    unix_s: float
    monotonic_s: float


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

    run_id: str
    scenario_id: str
    policy: str
    seed: int
    created: str
    """RFC 3339, UTC."""
    versions: dict[str, str]
    git: GitState | None
    host: Host
    clock: ClockAnchor
    processes: int
    planned: int
    """First attempts that were going to be intended."""
    duration_s: float
    """Planned end of the arrivals."""
    ended: Ended
    dead_workers: tuple[int, ...] = ()
    overrides: tuple[str, ...] = ()
    mode: Mode = Mode.LIVE
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
            return cls(**_typed(content))
        except (KeyError, TypeError, ValueError) as problem:
            raise UsageError(f"{folder.manifest}: not the manifest of a run ({problem}). {_RESTORE}") from problem


_RESTORE: Final = "Restore the folder from a copy, or run the scenario again."


def check_version(path: Path, version: object) -> None:
    """Raises UsageError unless this creditstorm can read schema `version` (every one up to its own)."""
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise UsageError(f"{path}: no schema version in it, so this is not a run of creditstorm. {_RESTORE}")
    if version > SCHEMA_VERSION:
        raise UsageError(
            f"{path}: written by a newer creditstorm (schema {version}; this one reads up to {SCHEMA_VERSION}). "
            "Upgrade creditstorm to read it."
        )


def _object_at(folder: RunFolder) -> dict[str, Any]:
    try:
        content = json.loads(folder.manifest.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"{folder.root}: not a run folder (no {folder.manifest.name} in it). Name a folder that "
            "`creditstorm run` made, such as results/<run-id>."
        ) from None
    except (OSError, ValueError) as problem:
        raise UsageError(f"{folder.manifest}: cannot be read ({problem}). {_RESTORE}") from problem
    if not isinstance(content, dict):
        raise UsageError(f"{folder.manifest}: expected a JSON object. {_RESTORE}")
    return content


def _typed(content: dict[str, Any]) -> dict[str, Any]:
    known = {f.name for f in fields(Manifest)}
    git = content["git"]
    return {
        **{key: value for key, value in content.items() if key in known},
        "seed": int(content["seed"]),
        "versions": {str(name): str(version) for name, version in content["versions"].items()},
        "git": None if git is None else GitState(**git),
        "host": Host(**content["host"]),
        "clock": ClockAnchor(**content["clock"]),
        "ended": _ended(content["ended"]),
        "dead_workers": tuple(int(index) for index in content["dead_workers"]),
        "overrides": tuple(str(text) for text in content["overrides"]),
        "mode": Mode(content.get("mode", Mode.LIVE)),
    }


def _ended(content: dict[str, Any]) -> Ended:
    ended = Ended(**content)
    if ended.how not in set(Ending):
        raise ValueError(f"ended.how is {ended.how!r}, allowed are {', '.join(Ending)}")
    return replace(ended, how=Ending(ended.how))
