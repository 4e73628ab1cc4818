"""`creditstorm sweep`: how a figure changes with one value of a scenario, or two."""

import shlex
import sys
from typing import Annotated

import typer
from creditstorm.cli.options import AsJson, Overrides, ScenarioName
from creditstorm.cli.planner.options import On, Out, Seeds
from creditstorm.exit_code import ExitCode
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read


def sweep(
    scenario: ScenarioName,
    *,
    vary: Annotated[
        list[str],
        typer.Option(help="key.path=0ms..3s/13, 1ms..3s/13 log, 1..6, or 1,2,4; twice for a map.", show_default=False),
    ],
    seeds: Seeds = 5,
    policies: Annotated[str, typer.Option(help="Preset names with commas; scenario is its own policy.")] = "scenario",
    metric: Annotated[
        str, typer.Option(help="The figure, named as in thresholds; answer_latency p(99) is one.")
    ] = "wrongful_no_credit_rate.people",
    overrides: Overrides = None,
    out: Out = None,
    on: On = None,
    dry: Annotated[bool, typer.Option("--dry", help="Say how many runs and how long, start nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Vary a value of a scenario, simulate each point under several seeds.

    Every point meets the same people and luck. The same command with the same
    --out goes on where a stopped one was.

    Exit codes: 0 every run was measured · 2 usage or scenario error · 3 a run
    is in doubt · 4 the harness failed · 130 interrupted (what is done is kept)
    """
    from creditstorm.adapters.cores import cores_allowed
    from creditstorm.adapters.simulated.assembly import require_simulable
    from creditstorm.cli.planner.progress import PointsProgress
    from creditstorm.cli.screen import console_on, duration_in_words
    from creditstorm.runs.sweeping.grid import SweepAsked, about_s, grid_of
    from creditstorm.runs.sweeping.sweep_runs import execute_sweep

    cores = max(1, int(cores_allowed()))
    asked = SweepAsked(tuple(vary), policies, seeds, metric, tuple(overrides or ()))
    grid = grid_of(read(catalogue.find(scenario)), asked, cores=cores)
    require_simulable(grid.scenario)
    if dry:
        took_s = about_s(grid.scenario, grid.runs, cores)
        long = "" if took_s is None else f", about {duration_in_words(took_s)} on {cores} cores"
        typer.echo(f"{grid.scenario.id} · {len(grid.places)} points, {grid.runs} runs{long} (nothing started)")
        return
    try:
        with PointsProgress(console_on(sys.stderr), "sweep") as progress:
            folder, found = execute_sweep(grid, out=out, on=on, observer=progress)
    except KeyboardInterrupt:
        where = f"--out {shlex.quote(str(out))}" if out else "--out and the folder of this sweep"
        typer.echo(f"interrupted; what is done is kept: the same command with {where} goes on", err=True)
        raise
    from creditstorm.report.planning import sweep_page, sweep_words

    exit_code = ExitCode.INCONCLUSIVE if found.doubts else ExitCode.PASS
    if as_json:
        typer.echo(sweep_page.sweep_json(found), nl=False)
    else:
        for line in (*sweep_words.table(found), f"exit {int(exit_code)}  {folder.page}"):
            typer.echo(line)
    raise typer.Exit(exit_code)
