"""The disk that a record is on, in bytes: what is free there, and what a plan, or sealing what is there, may take."""

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

DISK: Final = "the disk"
"""What a person calls the part of a run that its record is on."""
BESIDE: Final = 32 * 2**20
A_ROW: Final = 1_000
"""About 500 bytes while the run goes on, 153 when it is sealed, and both are there for a moment."""
ROOM_TO_SEAL: Final = 8_000_000
"""Bytes for the report beside a sealed record, which is never larger than the streams that it is made of."""


def free_at(folder: Path) -> int:
    """Bytes that this user may still write into the folder; OSError where it is gone."""
    return shutil.disk_usage(folder).free


def is_writable(folder: Path) -> bool:
    """Whether a file may be made in the folder: its mode, its mount and its attributes all let this user."""
    return os.access(folder, os.W_OK | os.X_OK)


def to_carry_out(rows: float) -> float:
    """Bytes that a run of so many answers takes, report included."""
    return BESIDE + rows * A_ROW


def to_seal(live: Path) -> int:
    """Bytes that sealing and reporting what is recorded in `live` may take; OSError where it is gone."""
    return ROOM_TO_SEAL + sum(each.stat().st_size for each in live.glob("*.arrows"))


def existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if _exists(place))


def _exists(place: Path) -> bool:
    """No file has a name that is too long, or lies where nobody may look."""
    with contextlib.suppress(OSError):
        return place.exists()
    return False
