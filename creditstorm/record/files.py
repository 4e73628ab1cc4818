"""Writing files so that a reader meets the old content or the new, never half of it."""

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Put what `write` writes at the path that it is given to `path` in one step, whatever interrupts it."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write(fresh)
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


def sweep(folder: Path) -> None:
    """Remove what processes that were killed left half written in this folder; what cannot be removed stays."""
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
