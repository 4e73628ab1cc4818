"""Small JSON files that another process reads while we write, or writes while we read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Write the file whole or not at all."""
    half = path.with_name(f".{path.name}.tmp")
    half.write_text(json.dumps(value))
    os.replace(half, path)  # noqa: PTH105 - the atomic one, by its own name


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in the file, None while there is no such file or only part of it."""
    try:
        value = json.loads(path.read_text())
    except (OSError, json.JSONDecodeError):
        return None
    return value if isinstance(value, dict) else None
