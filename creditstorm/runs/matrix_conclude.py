"""From the run folders of a matrix to its comparison: table, page and figures."""

from __future__ import annotations

from creditstorm.analysis.matrix.cell import COLUMNS, Cell, cell_of
from creditstorm.analysis.matrix.compare import MatrixRequest, compare
from creditstorm.analysis.matrix.comparison import CellState, Comparison
from creditstorm.record.manifest import Manifest
from creditstorm.record.matrix import MatrixFolder, is_finished
from creditstorm.report.matrix.draw import render_matrix
from creditstorm.runs.conclude import conclude, read_run
from creditstorm.runs.matrix_plan import MatrixPlan, PlannedCell


def conclude_matrix(folder: MatrixFolder, plan: MatrixPlan) -> Comparison:
    """Compare the finished cells and write every derived file of the matrix folder."""
    cells = {planned.name: _measured(folder, planned) for planned in plan.cells}
    states = tuple(_state(folder, planned, cells[planned.name]) for planned in plan.cells)
    measured = [cell for cell in cells.values() if cell is not None]
    comparison = compare(MatrixRequest(plan.scenario, plan.repeats, states), measured)
    render_matrix(folder, comparison)
    return comparison


def _measured(folder: MatrixFolder, planned: PlannedCell) -> Cell | None:
    run = folder.cell(planned.name)
    if not is_finished(run):
        return None
    if not run.report.is_file():
        conclude(run)  # killed between its last row and its report
    return cell_of(read_run(run, COLUMNS), policy=planned.policy, repeat=planned.repeat)


def _state(folder: MatrixFolder, planned: PlannedCell, cell: Cell | None) -> CellState:
    run, seed = folder.cell(planned.name), planned.scenario.seed
    if cell is None:
        how = Manifest.read(run).ended.how if run.manifest.is_file() else "missing"
        return CellState(planned.policy, planned.repeat, seed, planned.name, how if how != "completed" else "missing")
    summary = cell.summary
    return CellState(
        planned.policy,
        planned.repeat,
        seed,
        planned.name,
        "completed",
        verdict=summary.verdict,
        headline=summary.headline,
        doubts=summary.honesty.doubts,
    )
