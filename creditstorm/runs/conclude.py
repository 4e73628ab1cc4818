"""From run folders to a verdict or a comparison: read the raw files, analyse, write the derived files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from creditstorm.adapters.processes.settings import planned_load
from creditstorm.analysis.analyse import figures_of
from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.matrix import cell as matrix_cell
from creditstorm.analysis.matrix.cell import Cell
from creditstorm.analysis.matrix.compare import MatrixRequest, compare
from creditstorm.analysis.matrix.comparison import CellEnding, CellState, Comparison
from creditstorm.analysis.run_data import COLUMNS, RunData, needed
from creditstorm.analysis.summary import Summary
from creditstorm.errors import UsageError
from creditstorm.record.files import RESTORE, must_be_file, replace_bytes, sweep
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending, Manifest, scenario_digest
from creditstorm.record.mark_journal import read_marks
from creditstorm.record.marks import RunEnded
from creditstorm.record.matrix import MatrixFolder, is_finished
from creditstorm.record.seal import load_answers, load_complaints, load_notices, load_services
from creditstorm.report.texts import texts_of
from creditstorm.runs.calibrations import kept_heights
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import Draft, read_recorded, recorded
from creditstorm.scenario.text.other_rules import other_rules
from creditstorm.units import quoted

if TYPE_CHECKING:  # what carries out a matrix loads what runs a storm, and who draws nothing loads no matplotlib
    from creditstorm.report.figure_worker import FigureWorker
    from creditstorm.runs.matrix import MatrixPlan, PlannedCell


@dataclass(frozen=True, slots=True)
class Concluded:
    """What a run means, and nothing of it written yet; `run` holds its answers no more."""

    folder: RunFolder
    run: RunData
    summary: Summary
    over_time: Timeline
    asked: Draft | None = None
    """Where the rules were written that were judged, where they are not the run's own."""

    def write(self, *, figure_worker: "FigureWorker | None" = None, pages: bool = True) -> None:
        """Write every derived file, without `pages` only the texts; OSError where the folder takes none."""
        if not pages:
            for path, content in texts_of(self.folder, self.summary, self.run.manifest).items():
                replace_bytes(path, content)
            return
        from creditstorm.report.render import render  # noqa: PLC0415 - loads matplotlib

        run = self.run
        render(self.folder, self.summary, self.over_time, run.scenario, run.manifest, figure_worker=figure_worker)


def conclude(folder: RunFolder, *, figure_worker: "FigureWorker | None" = None, pages: bool = True) -> Summary:
    """Write every derived file of this run, without `pages` only its texts.

    The same raw bytes give the same derived bytes.
    """
    concluded = analysed(folder)
    concluded.write(figure_worker=figure_worker, pages=pages)
    return concluded.summary


def analysed(folder: RunFolder, rules: Path | None = None) -> Concluded:
    """Read a run folder and work out every figure; UsageError where nothing can be told of it.

    What a damaged part of the record would have told beside the answers is a doubt, and `run.damage` says it. The
    thresholds of the file `rules` are judged instead of the run's own, if there is one.
    """
    for half_written in (folder.root, folder.plots):
        sweep(half_written)
    run, draft = read_run(folder), None
    if rules is not None:
        asked = other_rules(rules, read_recorded(folder.scenario)[0], run.manifest.overrides)
        run, draft = replace(run, scenario=asked.scenario, rules_of=asked.source), asked.draft
    # Handed over, not shared: the answers of a long run are the most that is in memory.
    rows = [run]
    run = replace(run, answers=run.answers.schema.empty_table())
    return Concluded(folder, run, *figures_of(rows.pop(), kept_heights()), draft)


def read_run(folder: RunFolder, columns: Sequence[str] = COLUMNS) -> RunData:
    """The raw record of a run, with these columns of its answers; UsageError where answers, marks or plan are gone."""
    try:
        return _read(folder, columns)
    except OSError as problem:
        raise UsageError(f"{problem.filename or folder.root}: cannot be read ({problem.strerror}).") from problem


def _read(folder: RunFolder, columns: Sequence[str]) -> RunData:
    marks = read_marks(folder)
    answers = load_answers(folder, needed(columns, marks))  # early: a folder that is no run's is told as one
    must_be_file(folder.scenario)
    scenario, manifest = recorded(folder.scenario), Manifest.read(folder)
    _must_belong_together(folder, manifest, scenario)
    damage: list[str] = []
    if manifest.ended.how is Ending.COMPLETED and not any(isinstance(mark, RunEnded) for mark in marks):
        damage.append(f"{folder.marks}: ends before the run did, so what happened last is not known. {RESTORE}")
    return RunData(
        answers=answers,
        services=_whole(load_services, folder, damage),
        marks=marks,
        manifest=manifest,
        scenario=scenario,
        notices=_whole(load_notices, folder, damage),
        complaints=_whole(load_complaints, folder, damage),
        plan=planned_load(scenario),
        damage=tuple(damage),
    )


def _must_belong_together(folder: RunFolder, manifest: Manifest, scenario: Scenario) -> None:
    """A manifest beside the scenario of another run would judge these answers by other people's truth."""
    pairs = {
        "id": (manifest.scenario_id, scenario.id),
        "seed": (manifest.seed, scenario.seed),
        "policy": (manifest.policy, scenario.system.policy.name),
    }
    for what, (told, asked) in pairs.items():
        if told != asked:
            where = f"{folder.manifest}: of another run than {folder.scenario.name}"
            raise UsageError(f"{where} ({what}: {quoted(told)}, there {quoted(asked)}). {RESTORE}")
    if manifest.scenario_sha256 and manifest.scenario_sha256 != scenario_digest(folder):
        what = "changed since the run, so it is not what these people were asked by"
        raise UsageError(f"{folder.scenario}: {what}. {RESTORE}")


def _whole(part: Callable[[RunFolder], pa.Table | None], folder: RunFolder, damage: list[str]) -> pa.Table | None:
    """A part of the record that the answers can be told without; None, and a line in `damage`, where it is damaged."""
    try:
        return part(folder)
    except UsageError as problem:
        damage.append(str(problem))
        return None


def conclude_matrix(folder: MatrixFolder, plan: "MatrixPlan") -> Comparison:
    """Compare the finished cells and write every derived file of the matrix folder."""
    from creditstorm.report.matrix.page import render_matrix  # noqa: PLC0415 - loads matplotlib

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
