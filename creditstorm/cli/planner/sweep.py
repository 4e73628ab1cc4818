"""`creditstorm sweep`: how a figure changes with one value of a scenario, or two."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from creditstorm.cli.options import AsJson, Overrides, ScenarioName
from creditstorm.cli.planner.options import Live, On, Out, Seeds
from creditstorm.errors import UsageError
from creditstorm.exit_code import ExitCode
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read

if TYPE_CHECKING:
    from creditstorm.analysis.planning.swept import Sweep
    from creditstorm.runs.sweeping.grid import Grid
    from creditstorm.runs.sweeping.sweep_runs import HowToSweep


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
    live: Live = False,
    verify: Annotated[
        int, typer.Option(min=0, max=100, help="Repeat so many points live, and print the error of each figure.")
    ] = 0,
    dry: Annotated[bool, typer.Option("--dry", help="Say how many runs and how long, start nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Vary a value of a scenario, simulate each point under several seeds.

    Every point meets the same people and luck. --verify repeats some points
    live with the same seed, --live carries out every one with real
    processes. The same command with the same --out goes on where a stopped
    one was.

    Exit codes: 0 every run was measured · 2 usage or scenario error · 3 a
    run is in doubt · 4 the harness failed · 130 interrupted (what is done
    is kept)
    """
    from creditstorm.adapters.cores import cores_allowed
    from creditstorm.cli.planner.progress import PointsProgress
    from creditstorm.cli.screen import console_on
    from creditstorm.runs.sweeping.grid import SweepAsked, grid_of
    from creditstorm.runs.sweeping.sweep_runs import HowToSweep, execute_sweep

    cores = max(1, int(cores_allowed()))
    asked = SweepAsked(tuple(vary), policies, seeds, metric, tuple(overrides or ()))
    grid = grid_of(read(catalogue.find(scenario)), asked, cores=cores)
    how = HowToSweep(out, on, live, verify)
    _require(grid, how, dry=dry)
    if dry:
        _print_plan(grid, how, cores)
        return
    try:
        with PointsProgress(console_on(sys.stderr), "sweep") as progress:
            folder, found = execute_sweep(grid, how, progress)
    except KeyboardInterrupt:
        where = f"--out {shlex.quote(str(out))}" if out else "--out and the folder of this sweep"
        typer.echo(f"interrupted; what is done is kept: the same command with {where} goes on", err=True)
        raise
    raise typer.Exit(_shown(found, folder.page, as_json=as_json))


def _shown(found: "Sweep", page: Path, *, as_json: bool) -> ExitCode:
    """Print it; returns the exit code."""
    from creditstorm.report.planning import sweep_page, sweep_words

    exit_code = ExitCode.INCONCLUSIVE if found.doubts else ExitCode.PASS
    if as_json:
        typer.echo(sweep_page.sweep_json(found), nl=False)
    else:
        for line in (*sweep_words.table(found), f"exit {int(exit_code)}  {page}"):
            typer.echo(line)
    return exit_code


def _require(grid: "Grid", how: "HowToSweep", *, dry: bool) -> None:
    """Refuse what cannot be carried out, here or at all, before anything is; warn of what this machine may not hold."""
    from creditstorm.adapters.simulated.assembly import require_simulable
    from creditstorm.cli.screen import warn_of_the_machine
    from creditstorm.record.folder import RESULTS
    from creditstorm.runs.ready import require_ready
    from creditstorm.runs.sweeping.sweep_runs import live_runs

    if how.live and (how.on is not None or how.verify):
        raise UsageError(
            f"--live is every run on this machine; leave {'--on' if how.on is not None else '--verify'} out"
        )
    if not how.live:
        require_simulable(grid.scenario)
    real = live_runs(grid, how)
    for scenario in real if not dry else ():
        require_ready(scenario, how.out or Path(RESULTS))
    if real and not dry:
        warn_of_the_machine(max(real, key=lambda scenario: scenario.load.planned))


def _print_plan(grid: "Grid", how: "HowToSweep", cores: int) -> None:
    from creditstorm.cli.screen import duration_in_words
    from creditstorm.runs.matrix import BESIDE_S
    from creditstorm.runs.sweeping.grid import about_s
    from creditstorm.runs.sweeping.sweep_runs import live_runs

    real = live_runs(grid, how)
    live_s = sum(scenario.load.duration_s + BESIDE_S for scenario in real)
    took_s = 0.0 if how.live else about_s(grid.scenario, grid.runs, cores)
    long = "" if took_s is None else f", about {duration_in_words(took_s + live_s)} on {cores} cores"
    runs = f"{grid.runs} runs{f' and {how.verify} live' if how.verify else ' live' if how.live else ''}"
    typer.echo(f"{grid.scenario.id} · {len(grid.places)} points, {runs}{long} (nothing started)")
