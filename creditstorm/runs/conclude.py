"""From run folders to a verdict or a comparison: read the raw files, analyse, write the derived files."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from creditstorm.adapters.processes.settings import load_orders
from creditstorm.analysis import frame
from creditstorm.analysis.analyse import figures_of
from creditstorm.analysis.frame import RunData
from creditstorm.analysis.matrix import cell as matrix_cell
from creditstorm.analysis.matrix.cell import Cell
from creditstorm.analysis.matrix.compare import MatrixRequest, compare
from creditstorm.analysis.matrix.comparison import CellEnding, CellState, Comparison
from creditstorm.analysis.summary import Summary
from creditstorm.demand.load_plan import LoadPlan
from creditstorm.record.files import replace_bytes, sweep
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending, Manifest
from creditstorm.record.marks import read_marks
from creditstorm.record.matrix import MatrixFolder, is_finished
from creditstorm.record.seal import load_answers, load_notices, load_services
from creditstorm.report.figure_worker import FigureWorker
from creditstorm.report.matrix.page import render_matrix
from creditstorm.report.render import render
from creditstorm.report.texts import texts_of
from creditstorm.scenario.text.loader import load

if TYPE_CHECKING:  # what carries out a matrix loads what runs a storm
    from creditstorm.runs.matrix import MatrixPlan, PlannedCell


def conclude(folder: RunFolder, *, figure_worker: FigureWorker | None = None, pages: bool = True) -> Summary:
    """Write every derived file of this run, without `pages` only its texts.

    The same raw bytes give the same derived bytes.
    """
    for half_written in (folder.root, folder.plots):
        sweep(half_written)
    run = read_run(folder)
    summary, over_time = figures_of(run)
    if not pages:
        for path, content in texts_of(folder, summary, run.manifest).items():
            replace_bytes(path, content)
        return summary
    render(folder, summary, over_time, run.scenario, run.manifest, figure_worker=figure_worker)
    return summary


def read_run(folder: RunFolder, columns: Sequence[str] = frame.COLUMNS) -> RunData:
    """The raw record of a run, with these columns of its answers."""
    answers = load_answers(folder, columns)  # first: a folder that is no run's is told as one
    scenario = load(folder.scenario)
    return RunData(
        answers=answers,
        services=load_services(folder),
        marks=read_marks(folder),
        manifest=Manifest.read(folder),
        scenario=scenario,
        notices=load_notices(folder),
        plan=TypeAdapter(LoadPlan).validate_python(load_orders(scenario)),
    )


def conclude_matrix(folder: MatrixFolder, plan: "MatrixPlan") -> Comparison:
    """Compare the finished cells and write every derived file of the matrix folder."""
    cells = {planned.name: _measured(folder, planned) for planned in plan.cells}
    states = tuple(_state(folder, planned, cells[planned.name]) for planned in plan.cells)
    measured = [cell for cell in cells.values() if cell is not None]
    comparison = compare(MatrixRequest(plan.scenario, plan.repeats, states), measured)
    render_matrix(folder, comparison)
    return comparison


def _measured(folder: MatrixFolder, planned: "PlannedCell") -> Cell | None:
    run = folder.cell(planned.name)
    if not is_finished(run):
        return None
    if not run.report.is_file():
        conclude(run)  # killed between its last row and its report
    return matrix_cell.cell_of(read_run(run, matrix_cell.COLUMNS), policy=planned.policy, repeat=planned.repeat)


def _state(folder: MatrixFolder, planned: "PlannedCell", cell: Cell | None) -> CellState:
    run, seed = folder.cell(planned.name), planned.scenario.seed
    if cell is None:
        how = Manifest.read(run).ended.how if run.manifest.is_file() else Ending.COMPLETED
        state = CellEnding.MISSING if how is Ending.COMPLETED else CellEnding(how)
        return CellState(planned.policy, planned.repeat, seed, planned.name, state)
    summary = cell.summary
    return CellState(
        planned.policy,
        planned.repeat,
        seed,
        planned.name,
        CellEnding.COMPLETED,
        verdict=summary.verdict,
        headline=summary.headline,
        doubts=tuple(doubt.text for doubt in summary.honesty.doubts),
    )
