"""Writing files so that a reader meets the old content or the new, never half of it."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Final

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600


def open_private(path: Path) -> BinaryIO:
    """The file, to be written at its end; where it is a new one, nobody but its owner can read it."""
    return open(path, "ab", opener=lambda name, flags: os.open(name, flags, PRIVATE_FILE))


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Put what `write` writes at the path that it is given to `path` in one step, whatever interrupts it."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    write(fresh)
    fresh.replace(path)


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
