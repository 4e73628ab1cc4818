"""A fresh run folder under a name that tells what it holds."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path

from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.folder import RunFolder


def new_run_folder(scenario_id: str, policy: str, *, now: datetime, wanted: Path | None = None) -> RunFolder:
    """Make the folder `wanted`, or ``results/<time>-<scenario>-<policy>`` with a number if that is taken.

    Raises UsageError if `wanted` already holds something (nothing is overwritten), HarnessError if it cannot be made.
    """
    try:
        return _wanted(wanted) if wanted is not None else _numbered(f"{now:%Y%m%d-%H%M%S}-{scenario_id}-{policy}")
    except OSError as problem:
        remedy = "Name a folder you may write to with --out."
        raise HarnessError(f"cannot make the run folder: {problem.strerror}: {problem.filename}\n  {remedy}") from None


def _wanted(path: Path) -> RunFolder:
    path.mkdir(parents=True, exist_ok=True)
    if any(path.iterdir()):
        raise UsageError(f"{path} is not empty, and a run never overwrites one\n  Name a new folder with --out.")
    (path / ".writable").touch()
    (path / ".writable").unlink()
    return RunFolder(path)


def _numbered(name: str) -> RunFolder:
    base = Path("results")
    base.mkdir(exist_ok=True)
    for number in count(1):
        path = base / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return RunFolder(path)
    raise AssertionError("count() never ends")
