"""A simulated matrix: its cells side by side, one a core, each in its run folder as if it were carried out alone."""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from creditstorm.adapters.pool import Pool, pool_on
from creditstorm.adapters.pool.local import likely_death
from creditstorm.errors import HarnessError
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending, Mode
from creditstorm.record.matrix import MatrixFolder, MatrixJournal
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.runs.matrix import MatrixPlan, PlannedCell, concluded
from creditstorm.runs.warm_up import WarmUp
from creditstorm.scenario.model import Scenario

if TYPE_CHECKING:
    from creditstorm.analysis.matrix.comparison import Comparison

_HEARS_WITHIN_S: Final = 0.2


class CellsObserver(Protocol):
    """Whoever wants to know how far a simulated matrix is."""

    def begin(self, total: int, kept: int) -> None:
        """So many runs are wanted, of which so many are finished already."""

    def ended(self, name: str) -> None:
        """A run is over."""

    def say(self, line: str) -> None:
        """A person has to know this."""


@dataclass(frozen=True, slots=True)
class CellOrder:
    """One run, for the process that simulates it."""

    scenario: Scenario
    root: Path
    overrides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellEnd:
    """How it ended: `words` is what a person has to know of it, `measured` whether there is a summary."""

    how: Ending
    exit_code: int
    words: str
    measured: bool


def simulate_matrix(
    plan: MatrixPlan, *, out: Path | None, observer: CellsObserver
) -> "tuple[MatrixFolder, Comparison, bool]":
    """Simulate what is not finished in `out` (a new folder where it is None) and compare; whether a person stopped it.

    HarnessError where the processes that simulate die, most likely for want of memory.
    """

    def carry_out(_: MatrixFolder, journal: MatrixJournal, to_come: Sequence[PlannedCell]) -> bool:
        observer.begin(len(plan.cells), len(plan.cells) - len(to_come))
        try:
            with pool_on(None) as pool:
                _simulate_all(pool, journal, to_come, observer)
        except KeyboardInterrupt:
            return True
        except BrokenExecutor as broken:
            what = f"a process that simulates died, most likely because {likely_death()}"
            raise HarnessError(f"{what}\n  Use fewer cores with `taskset -c 0`; finished runs are kept.") from broken
        return False

    return concluded(plan, out, Mode.SIMULATED, carry_out)


def simulate_cell(order: CellOrder) -> CellEnd:
    """Carry out one run in virtual time, with every file of its folder."""
    folder = RunFolder(order.root)
    request = RunRequest(order.scenario, folder, order.overrides, mode=Mode.SIMULATED)
    with WarmUp(alone=True) as warm_up:
        result = execute(request, lambda _event: None, warm_up)
    return CellEnd(result.how, result.exit_code, result.in_words(folder), result.summary is not None)


def _simulate_all(pool: Pool, journal: MatrixJournal, cells: Sequence[PlannedCell], observer: CellsObserver) -> None:
    for cell, end in _as_they_end(pool, journal, cells):
        journal.write("cell_ended", cell=cell.name, how=end.how, exit_code=end.exit_code)
        observer.ended(cell.name)
        if end.words:
            observer.say(end.words)
        if not end.measured:  # what could not be told of this run cannot be told of the others either
            return


def _as_they_end(
    pool: Pool, journal: MatrixJournal, cells: Sequence[PlannedCell]
) -> Iterator[tuple[PlannedCell, CellEnd]]:
    """Each with its end. No more are begun than there are cores, so that the journal tells what was under way."""
    to_come = list(cells)
    pending: dict[Future[CellEnd], PlannedCell] = {}
    while to_come or pending:
        while to_come and len(pending) < pool.count:
            cell = to_come.pop(0)
            order = CellOrder(cell.scenario, journal.begin(cell.name).root, cell.overrides)
            pending[pool.submit(simulate_cell, order)] = cell
        # With a limit: polars has SIGINT restart what waits.
        for future in wait(pending, timeout=_HEARS_WITHIN_S, return_when=FIRST_COMPLETED).done:
            yield pending.pop(future), future.result()
