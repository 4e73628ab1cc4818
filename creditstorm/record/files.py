"""Writing small files so that a reader meets the old content or the new, never half of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Put `text` at `path` in one step, whatever interrupts it."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def replace_json(path: Path, content: Mapping[str, object]) -> None:
    """Put `content` at `path` as one line of JSON, in one step."""
    replace_text(path, json.dumps(content, ensure_ascii=False) + "\n")


def read_json_object(path: Path) -> dict[str, object] | None:
    """The JSON object at `path`; None while there is no file or no whole object in it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) else None
