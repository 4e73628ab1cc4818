"""The folder of a matrix: its names, and the journal that says which run folders in it are its own."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, ClassVar, Final

from creditstorm.errors import HarnessError, UsageError
from creditstorm.record import journal
from creditstorm.record.files import PRIVATE_FOLDER
from creditstorm.record.folder import RunFolder, new_run_folder
from creditstorm.record.manifest import Ending, Manifest
from creditstorm.units import quoted


@dataclass(frozen=True, slots=True)
class MatrixFolder:
    """The paths of one matrix; each cell is a run folder like any other."""

    root: Path
    verb: ClassVar[str] = "matrix"

    @property
    def journal(self) -> Path:
        """What was begun and ended, one JSON object a line."""
        return self.root / f"{self.verb}.jsonl"

    @property
    def table(self) -> Path:
        """The comparison, as JSON (derived)."""
        return self.root / f"{self.verb}.json"

    @property
    def page(self) -> Path:
        """The page (derived)."""
        return self.root / f"{self.verb}.html"

    @property
    def plots(self) -> Path:
        """The figures, SVG and PNG (derived)."""
        return self.root / "plots"

    def cell(self, name: str) -> RunFolder:
        """The run folder of a cell."""
        return RunFolder(self.root / name)


class PairsFolder(MatrixFolder):
    """The paths of live runs beside simulated ones: a folder of cells, of two kinds."""

    __slots__ = ()
    verb: ClassVar[str] = "agree"


CELL_STARTED: Final = "cell_started"


@dataclass(frozen=True, slots=True)
class MatrixEvent:
    """A line of the journal: what happened, to which cell where it is about one, and the rest of what it says."""

    event: str
    cell: str | None
    line: Mapping[str, object]


class MatrixJournal:
    """Appends what happens; each line is with the kernel before the next thing happens."""

    def __init__(self, folder: MatrixFolder, file: IO[str]) -> None:
        self._folder = folder
        self._file = file
        self._own = {event.cell for event in read_journal(folder) if event.event == CELL_STARTED}

    def write(self, event: str, **more: object) -> None:
        """Append one event."""
        journal.append(self._file, {"event": event, **more})

    def begin(self, name: str) -> RunFolder:
        """An empty run folder for this cell; what an earlier start of it left unfinished is removed.

        Raises UsageError where the folder holds something that this matrix did not make.
        """
        cell = self._folder.cell(name)
        if _is_foreign(cell.root) or (name not in self._own and cell.root.exists() and any(cell.root.iterdir())):
            remedy = "Name a new folder with --out."
            raise UsageError(f"{cell.root} is not of this {self._folder.verb}, and is not overwritten\n  {remedy}")
        self.write(CELL_STARTED, cell=name)
        self._own.add(name)
        shutil.rmtree(cell.root, ignore_errors=True)
        try:
            cell.root.mkdir(mode=PRIVATE_FOLDER)
        except OSError as problem:
            raise HarnessError(f"cannot make {cell.root} anew: {problem.strerror}") from problem
        return cell


def _is_foreign(cell: Path) -> bool:
    """Whether something stands there that no matrix makes: a file, or a link to wherever somebody let it point."""
    return cell.is_symlink() or (cell.exists() and not cell.is_dir())


@contextmanager
def open_matrix(
    scenario_id: str, *, now: datetime, wanted: Path | None, of: type[MatrixFolder] = MatrixFolder
) -> Iterator[tuple[MatrixFolder, MatrixJournal]]:
    """A new folder of cells, or the one at `wanted` to go on with; nobody else can write there meanwhile.

    Raises UsageError where `wanted` holds something else, or another process writes there.
    """
    folder = of(wanted) if wanted is not None and of(wanted).journal.is_file() else None
    if folder is None:
        folder = of(new_run_folder(scenario_id, of.verb, now=now, wanted=wanted).root)
    busy = f"{folder.root}: another creditstorm {of.verb} is at work in it\n  Wait for it, or name another --out."
    with journal.held(folder.journal, busy=busy) as file:
        RunFolder(folder.root).claim.unlink(missing_ok=True)
        yield folder, MatrixJournal(folder, file)


def is_matrix(path: Path) -> bool:
    """Whether a matrix was begun in this folder."""
    return MatrixFolder(path).journal.is_file()


def read_journal(folder: MatrixFolder) -> list[MatrixEvent]:
    """The events in order; UsageError where a line is none."""
    what, remedy = "an event of a matrix", "restore the file or start anew with another --out"
    events = []
    for number, line in journal.lines(folder.journal, what, remedy):
        try:
            events.append(_event(line))
        except ValueError as problem:
            raise UsageError(f"{folder.journal}:{number}: not {what} ({problem}); {remedy}") from problem
    return events


def _event(line: Mapping[str, object]) -> MatrixEvent:
    event, cell = line.get("event"), line.get("cell")
    if not isinstance(event, str):
        raise ValueError(f"event: expected a word, got {quoted(event)}")
    if (cell is not None or event == CELL_STARTED) and (
        not isinstance(cell, str) or not cell or Path(cell).name != cell
    ):
        raise ValueError(f"cell: expected the name of a folder, got {quoted(cell)}")
    return MatrixEvent(event, None if cell is None else str(cell), line)


def is_finished(cell: RunFolder) -> bool:
    """Whether the run of this cell completed and was sealed, so that it need not be run again."""
    if not cell.manifest.is_file() or not cell.answers.is_file() or cell.live.exists():
        return False
    return Manifest.read(cell).ended.how is Ending.COMPLETED
