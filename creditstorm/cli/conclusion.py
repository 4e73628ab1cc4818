"""From a run folder to a verdict: read the raw files, analyse, write the derived files, show the screen."""

from __future__ import annotations

import sys
from concurrent.futures import Executor

import typer
from rich.console import Console

from creditstorm.analysis.analyse import figures_of
from creditstorm.analysis.frame import COLUMNS
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.summary import Summary
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest
from creditstorm.record.marks import read_marks
from creditstorm.record.seal import load_answers, load_notices, load_services
from creditstorm.report.console import print_summary
from creditstorm.report.json_out import summary_json
from creditstorm.report.render import render
from creditstorm.scenario.loader import load


def conclude(folder: RunFolder, *, easel: Executor | None = None) -> Summary:
    """Write every derived file of this run; the same raw bytes give the same derived bytes."""
    manifest = Manifest.read(folder)
    scenario = load(folder.scenario)
    run = RunData(
        answers=load_answers(folder, COLUMNS),
        services=load_services(folder),
        marks=read_marks(folder),
        manifest=manifest,
        scenario=scenario,
        notices=load_notices(folder),
    )
    summary, over_time = figures_of(run)
    render(folder, summary, over_time, scenario, manifest, easel=easel)
    return summary


def show(folder: RunFolder, summary: Summary, *, as_json: bool) -> None:
    """Print the end-of-run screen, or the summary as JSON on standard output."""
    if as_json:
        typer.echo(summary_json(summary))
    else:
        print_summary(Console(file=sys.stdout, highlight=False), summary, report=folder.report)
