"""A matrix: one run a cell that is not finished, each in a run folder of its own, and then the comparison."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from creditstorm.engine.events import Event
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending
from creditstorm.record.matrix import MatrixFolder, MatrixJournal, open_matrix
from creditstorm.runs.execute import RunRequest, RunResult, execute
from creditstorm.runs.matrix_plan import MatrixPlan, PlannedCell, finished
from creditstorm.runs.warm_up import WarmUp

if TYPE_CHECKING:
    from creditstorm.analysis.matrix.comparison import Comparison


class MatrixObserver(Protocol):
    """Whoever wants to know how far a matrix is."""

    def begin(self, cell: PlannedCell, to_come: Sequence[PlannedCell], *, done: int) -> None:
        """The run of this cell begins; `to_come` are those still to run, this one included, `done` is how many are."""

    def take(self, event: Event) -> None:
        """Something happened in that run."""

    def end(self, cell: PlannedCell, folder: RunFolder, result: RunResult) -> None:
        """The run is over."""


def execute_matrix(
    plan: MatrixPlan, *, out: Path | None, processes: int, observer: MatrixObserver
) -> tuple[MatrixFolder, Comparison, bool]:
    """Run what is not finished in `out` (a new folder where it is None) and compare; whether a person stopped it."""
    with open_matrix(plan.scenario.id, now=datetime.now(UTC), wanted=out) as (folder, journal):
        interrupted = _run_all(plan, folder, journal, processes, observer)
        # Imported late: analysis and figures load a second of libraries that a plan does not need.
        comparison: Comparison = importlib.import_module("creditstorm.runs.conclude").conclude_matrix(folder, plan)
        journal.write("concluded", exit_code=comparison.exit_code)
    return folder, comparison, interrupted


def _run_all(
    plan: MatrixPlan, folder: MatrixFolder, journal: MatrixJournal, processes: int, observer: MatrixObserver
) -> bool:
    kept = finished(folder, plan)
    journal.write("asked", policies=plan.policies, repeats=plan.repeats, kept=sorted(kept))
    to_come = [cell for cell in plan.cells if cell.name not in kept]
    with WarmUp() as warm_up:
        try:
            for index, cell in enumerate(to_come):
                observer.begin(cell, to_come[index:], done=len(kept) + index)
                run = journal.begin(cell.name)
                request = RunRequest(cell.scenario, run, cell.overrides, processes)
                result = execute(request, observer.take, warm_up)
                journal.write("cell_ended", cell=cell.name, how=result.how, exit_code=result.exit_code)
                observer.end(cell, run, result)
                # A run that never began to ask will not begin the next time either.
                if result.how is Ending.INTERRUPTED or result.summary is None:
                    return result.how is Ending.INTERRUPTED
        except KeyboardInterrupt:
            return True
    return False
