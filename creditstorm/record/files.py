"""Writing files so that a reader meets the old content or the new, never half of it."""

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from creditstorm.errors import UsageError

RESTORE: Final = "Restore the folder from a copy, or run the scenario again."
PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600


def open_private(path: Path) -> BinaryIO:
    """The file, to be written at its end; where it is a new one, nobody but its owner can read it."""
    return open(path, "ab", opener=lambda name, flags: os.open(name, flags, PRIVATE_FILE))


def read_raw(path: Path, *, most: int = 500_000_000) -> bytes:
    """What a regular file holds; UsageError where something else stands there, it is too large or cannot be read.

    Nothing that could keep a reader waiting, such as a pipe, is opened.
    """
    must_be_file(path)
    if path.stat().st_size > most:
        raise UsageError(f"{path}: larger than {most // 1_000_000} MB: no run writes such a file. {RESTORE}")
    return path.read_bytes()


def is_there(path: Path) -> bool:
    """Whether anything has this name, also a link that leads nowhere."""
    return os.path.lexists(path)


def must_be_file(path: Path) -> None:
    """Raises UsageError where something stands at `path` that is no regular file."""
    if is_there(path) and not path.is_file():
        kind = "a folder" if path.is_dir() else "no regular file"
        raise UsageError(f"{path}: is {kind}, where a run has a file. {RESTORE}")


def must_be_ours(path: Path, *begins: bytes) -> None:
    """UsageError where what stands at `path` would be lost: anything but a file that is empty or `begins` like ours.

    A result is put in the place of what is there, so a device, a pipe or a link would be gone afterwards. Raises
    OSError where the file cannot be read.
    """
    if not path.name or path.is_dir():
        raise UsageError(f"{path}: is a folder; name a file")
    if is_there(path) and (path.is_symlink() or not path.is_file()):
        raise UsageError(f"{path}: is no regular file, and would be replaced; name a file")
    if path.is_file():
        with path.open("rb") as file:
            found = file.read(100)
        if found and not found.startswith(begins):
            raise UsageError(f"{path}: holds something else, which would be lost; name a new file")


def own_folder(path: Path) -> Path:
    """The folder at `path`, made where there is none; UsageError where a link or a file stands there.

    What is written into a folder that is a link lands wherever somebody let it point to.
    """
    if path.is_symlink():
        raise UsageError(f"{path}: is a symbolic link, and nothing is written through one. Remove it and try again.")
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path}: is a file, where a folder of figures belongs. Remove it and try again.")
    path.mkdir(parents=True, exist_ok=True)
    return path


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Put what `write` writes at the path that it is given to `path` in one step, whatever interrupts it.

    UsageError where a folder stands there.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write(fresh)
        fresh.replace(path)
    except IsADirectoryError:
        raise UsageError(f"{path}: is a folder, where a file is to be. Remove it and try again.") from None
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what processes that were killed left half written in this folder; what cannot be removed stays.

    A folder that is a link is somebody else's.
    """
    if folder.is_symlink():
        return
    for path in folder.glob(".*.tmp"):
        pid = path.name.rsplit(".", 2)[-2]
        with contextlib.suppress(OSError):
            if pid.isdigit() and not Path(f"/proc/{pid}").exists():
                path.unlink()


def replace_bytes(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step."""
    replace_file(path, lambda fresh: fresh.write_bytes(content))


def replace_json(path: Path, content: Mapping[str, object], *, indent: int | None = None) -> None:
    """Put `content` at `path` as JSON, on one line unless there is an `indent`, in one step."""
    replace_bytes(path, (json.dumps(content, ensure_ascii=False, indent=indent) + "\n").encode())


def read_json_object(path: Path) -> dict[str, object] | None:
    """The JSON object at `path`; None while there is no file or no whole object in it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) else None
