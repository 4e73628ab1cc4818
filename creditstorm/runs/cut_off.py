"""A run whose harness was killed: nobody could say so then, and its folder shows it to whoever looks next."""

from pathlib import Path
from typing import Final

from creditstorm.adapters.cores import killed_for_memory
from creditstorm.adapters.preflight import Finding
from creditstorm.errors import UsageError
from creditstorm.record.folder import LATEST, RunFolder, find_run
from creditstorm.record.manifest import Ending, Manifest
from creditstorm.steady import unix_s

QUIET_S: Final = 30.0
"""A run that goes on writes every second once everything has started, which took 4 s on a busy machine (seen)."""


def last_run_cut_off(results: Path) -> Finding | None:
    """What is to be said of the newest run in `results`: None where it ended in order, goes on, or there is none."""
    try:
        folder = find_run(results / LATEST)
        if Manifest.read(folder).ended.how is not Ending.RUNNING or _quiet_for_s(folder) < QUIET_S:
            return None
    except (UsageError, OSError):
        return None
    killed = killed_for_memory()
    why = f" (the kernel has killed {killed} here for want of memory, whenever)" if killed else ""
    detail = f"{folder.root} was cut off: its harness was killed{why}"
    return Finding("last run", ok=True, detail=f"{detail}; `creditstorm report {folder.root}` reports what it kept")


def _quiet_for_s(folder: RunFolder) -> float:
    """For how long nobody wrote there."""
    written = [path.stat().st_mtime for path in (folder.root, *folder.root.iterdir(), *folder.live.glob("*"))]
    return unix_s() - max(written)
