"""The marks of a run in its folder, `marks.jsonl`: one JSON object a line, read again as the same values."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError
from creditstorm.errors import UsageError
from creditstorm.record.files import RESTORE, is_there, read_raw
from creditstorm.record.folder import RunFolder
from creditstorm.record.marks import EVERY, Mark, UnknownMark
from creditstorm.record.plain_json import first_problem, parse_object
from creditstorm.record.soundness import EARLIEST_S, LATEST_S
from creditstorm.units import quoted

_READERS: Final = {str(mark.kind_of_mark): TypeAdapter[Mark](mark) for mark in EVERY}


class MarkJournal:
    """Appends marks; each line is with the kernel before the next event happens."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def write(self, mark: Mark) -> None:
        """Append one mark; OSError, which names the journal, where it takes none."""
        with self._named():
            self._file.write(json.dumps(mark.as_json(), ensure_ascii=False) + "\n")

    def close(self) -> None:
        """End the journal."""
        with self._named():
            self._file.close()

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            problem.filename = str(self._path)
            raise


def read_marks(folder: RunFolder) -> list[Mark]:
    """The marks in the order they were written; a last line torn by a kill is left out.

    Raises UsageError where another line is not a mark.
    """
    if not is_there(folder.marks):
        return []
    *whole, tail = read_raw(folder.marks).split(b"\n")
    marks = []
    for number, line in enumerate(whole, start=1):
        try:
            marks += [mark_of(_object(line))] if line else []
        except ValueError as problem:
            raise UsageError(f"{folder.marks}:{number}: not a mark ({problem}). {RESTORE}") from problem
    if tail and not tail.startswith(b"{"):
        raise UsageError(f"{folder.marks}:{len(whole) + 1}: not a mark, nor the beginning of one. {RESTORE}")
    return [*marks, *_torn(tail)]


def mark_of(line: Mapping[str, object]) -> Mark:
    """The mark of a line that has at least `t_s` and `event`; keys that this version does not know are passed over.

    ValueError where a mark of this version says something of another type.
    """
    reader = _READERS.get(str(line["event"]))
    t_s = float(str(line["t_s"]))
    if reader is None:
        return UnknownMark(t_s=t_s, line=line)
    try:
        return reader.validate_python(line)
    except ValidationError as error:
        if all(found["type"] == "missing" for found in error.errors(include_url=False)):
            # Another version's mark of that name, which says less.
            return UnknownMark(t_s=t_s, line=line)
        raise ValueError(first_problem(error)) from None


def _object(text: bytes) -> dict[str, object]:
    line = parse_object(text)
    if not isinstance(line.get("event"), str):
        raise ValueError("event: expected what happened")
    t_s = line.get("t_s")
    if isinstance(t_s, bool) or not isinstance(t_s, (int, float)) or not EARLIEST_S <= t_s <= LATEST_S:
        raise ValueError(f"t_s: expected seconds since the start of the load, got {quoted(t_s)}")
    return line


def _torn(tail: bytes) -> Iterator[Mark]:
    # The newline is written with its line: without one the writer was killed in the middle of it.
    with suppress(ValueError):
        yield mark_of(_object(tail))
