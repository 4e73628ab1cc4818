"""The journal of a run: every event of the engine, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder


class MarkJournal:
    """Appends marks; each line is with the kernel before the next event happens."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def write(self, mark: Mapping[str, object]) -> None:
        """Append one mark (at least `t_s` and `event`)."""
        self._file.write(json.dumps(mark, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """End the journal."""
        self._file.close()


def read_marks(folder: RunFolder) -> list[dict[str, object]]:
    """The marks in the order they were written; a last line torn by a kill is left out.

    Raises UsageError where another line is not a mark.
    """
    if not folder.marks.exists():
        return []
    *whole, tail = folder.marks.read_text(encoding="utf-8", errors="replace").split("\n")
    marks = [_mark(folder.marks, number, line) for number, line in enumerate(whole, start=1) if line]
    return [*marks, *_torn(tail)]


def _mark(path: Path, number: int, line: str) -> dict[str, object]:
    try:
        mark = json.loads(line)
    except ValueError:
        mark = None
    if not isinstance(mark, dict) or not isinstance(mark.get("event"), str) or not _is_number(mark.get("t_s")):
        raise UsageError(
            f"{path}:{number}: not a mark (a JSON object with t_s and event). "
            "The journal was changed after the run; restore it or run again."
        )
    return mark


def _torn(tail: str) -> list[dict[str, object]]:
    # The newline is written with its line: without one the writer was killed in the middle of it.
    try:
        mark = json.loads(tail)
    except ValueError:
        return []
    return [mark] if isinstance(mark, dict) and "event" in mark and "t_s" in mark else []


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
