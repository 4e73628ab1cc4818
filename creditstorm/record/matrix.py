"""The folder of a matrix: its names, and the journal that says which run folders in it are its own."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.folder import RunFolder, new_run_folder
from creditstorm.record.manifest import Ending, Manifest


@dataclass(frozen=True, slots=True)
class MatrixFolder:
    """The paths of one matrix; each cell is a run folder like any other."""

    root: Path

    @property
    def journal(self) -> Path:
        """What was begun and ended, one JSON object a line."""
        return self.root / "matrix.jsonl"

    @property
    def table(self) -> Path:
        """The comparison, as JSON (derived)."""
        return self.root / "matrix.json"

    @property
    def page(self) -> Path:
        """The page (derived)."""
        return self.root / "matrix.html"

    @property
    def plots(self) -> Path:
        """The figures, SVG and PNG (derived)."""
        return self.root / "plots"

    def cell(self, name: str) -> RunFolder:
        """The run folder of a cell."""
        return RunFolder(self.root / name)


class MatrixJournal:
    """Appends what happens; each line is with the kernel before the next thing happens."""

    def __init__(self, folder: MatrixFolder, file: IO[str]) -> None:
        self._folder = folder
        self._file = file
        self._own = {line["cell"] for line in read_journal(folder) if line.get("event") == "cell_started"}

    def write(self, event: str, **more: object) -> None:
        """Append one event."""
        self._file.write(json.dumps({"event": event, **more}, ensure_ascii=False) + "\n")

    def begin(self, name: str) -> RunFolder:
        """An empty run folder for this cell; what an earlier start of it left unfinished is removed.

        Raises UsageError where the folder holds something that this matrix did not make.
        """
        cell = self._folder.cell(name)
        if cell.root.exists() and name not in self._own and any(cell.root.iterdir()):
            remedy = "Name a new folder with --out."
            raise UsageError(f"{cell.root} is not of this matrix, and is not overwritten\n  {remedy}")
        self.write("cell_started", cell=name)
        self._own.add(name)
        shutil.rmtree(cell.root, ignore_errors=True)
        cell.root.mkdir()
        return cell


@contextmanager
def open_matrix(
    scenario_id: str, *, now: datetime, wanted: Path | None
) -> Iterator[tuple[MatrixFolder, MatrixJournal]]:
    """A new matrix folder, or the one at `wanted` to go on with; nobody else can write there meanwhile.

    Raises UsageError where `wanted` holds something else, or another process writes there.
    """
    folder = MatrixFolder(wanted) if wanted is not None and is_matrix(wanted) else None
    if folder is None:
        folder = MatrixFolder(new_run_folder(scenario_id, "matrix", now=now, wanted=wanted).root)
    try:
        file = folder.journal.open("a", encoding="utf-8", buffering=1)
    except OSError as problem:
        raise HarnessError(f"cannot write {folder.journal}: {problem.strerror}") from problem
    with file:
        try:
            # The lock goes with the process, also after kill -9.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"{folder.root}: another creditstorm matrix is at work in it\n  Wait for it, or name another --out."
            ) from None
        RunFolder(folder.root).claim.unlink(missing_ok=True)
        _drop_torn_line(folder)
        yield folder, MatrixJournal(folder, file)


def _drop_torn_line(folder: MatrixFolder) -> None:
    written = folder.journal.read_bytes()
    whole = written.rfind(b"\n") + 1
    if whole < len(written):
        os.truncate(folder.journal, whole)


def is_matrix(path: Path) -> bool:
    """Whether a matrix was begun in this folder."""
    return MatrixFolder(path).journal.is_file()


def read_journal(folder: MatrixFolder) -> list[dict[str, object]]:
    """The events in order; UsageError where a line is none."""
    events = []
    for number, line in enumerate(folder.journal.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            raise UsageError(f"{folder.journal}:{number}: not an event of a matrix; restore the file or start anew")
        events.append(event)
    return events


def is_finished(cell: RunFolder) -> bool:
    """Whether the run of this cell completed and was sealed, so that it need not be run again."""
    if not cell.manifest.is_file() or not cell.answers.is_file() or cell.live.exists():
        return False
    return Manifest.read(cell).ended.how is Ending.COMPLETED
