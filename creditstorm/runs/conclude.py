"""From a run folder to a verdict: read the raw files, analyse, write the derived files."""

from __future__ import annotations

from collections.abc import Sequence

from creditstorm.analysis.analyse import figures_of
from creditstorm.analysis.frame import COLUMNS
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.summary import Summary
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest
from creditstorm.record.marks import read_marks
from creditstorm.record.seal import load_answers, load_notices, load_services
from creditstorm.report.figure_worker import FigureWorker
from creditstorm.report.render import render
from creditstorm.scenario.text.loader import load


def conclude(folder: RunFolder, *, figure_worker: FigureWorker | None = None) -> Summary:
    """Write every derived file of this run; the same raw bytes give the same derived bytes."""
    run = read_run(folder)
    summary, over_time = figures_of(run)
    render(folder, summary, over_time, run.scenario, run.manifest, figure_worker=figure_worker)
    return summary


def read_run(folder: RunFolder, columns: Sequence[str] = COLUMNS) -> RunData:
    """The raw record of a run, with these columns of its answers."""
    return RunData(
        answers=load_answers(folder, columns),
        services=load_services(folder),
        marks=read_marks(folder),
        manifest=Manifest.read(folder),
        scenario=load(folder.scenario),
        notices=load_notices(folder),
    )
