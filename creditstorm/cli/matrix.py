"""`creditstorm matrix`: the same people, luck and faults under every policy, side by side."""

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from creditstorm.cli.options import AllowHosts, NoMetrics, Overrides, Processes, Quiet, ScenarioName, Seed, Settled
from creditstorm.errors import UsageError
from creditstorm.exit_code import ExitCode
from creditstorm.record.matrix import MatrixFolder, is_matrix
from creditstorm.runs.matrix import OWN, HowToRun, MatrixPlan, execute_matrix, finished, plan_of
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import Draft, read

if TYPE_CHECKING:
    from creditstorm.analysis.matrix.comparison import Comparison


def matrix(
    scenario: ScenarioName,
    *,
    policies: Annotated[
        str, typer.Option(help=f"Preset names with commas; {OWN} is the scenario's own policy.", show_default=False)
    ],
    repeat: Annotated[int, typer.Option(min=1, max=1000, help="Runs of every policy, each with the next seed.")] = 1,
    overrides: Overrides = None,
    seed: Seed = None,
    processes: Processes = 1,
    simulate: Annotated[bool, typer.Option("--simulate", help="Every run in virtual time, on every core.")] = False,
    allow_hosts: AllowHosts = None,
    metrics: NoMetrics = None,  # noqa: ARG001 - refused as it is read
    out: Annotated[Path | None, typer.Option(help="The matrix folder itself, new or begun before.")] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Show the runs and how long they take, start nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON on standard output.")] = False,
    quiet: Quiet = False,
    on_inconclusive: Settled = None,
) -> None:
    """Run a scenario once for every policy and compare what people were told.

    Only the policy differs between the runs: the same people ask at the same
    instants and meet the same luck and faults. The first policy is the
    yardstick for the others. Each run gets a run folder of its own inside the
    matrix folder. The same command with the same --out goes on where a stopped
    or killed one was; finished runs are kept.

    Exit codes: 0 every run was measured (a policy that fails its thresholds is
    a finding, not a failure of the matrix) · 2 usage or scenario error ·
    3 a run is in doubt, or not the same people asked, unless
    --on-inconclusive says what that is to be · 4 a run failed ·
    130 interrupted (what is done is kept)
    """
    draft = read(catalogue.find(scenario))
    plan = plan_of(draft, policies, repeats=repeat, seed=seed, overrides=overrides or [])
    if dry:
        kept = finished(MatrixFolder(out), plan) if out is not None and is_matrix(out) else frozenset()
        _print_plan(plan, kept, as_json=as_json)
        return
    from creditstorm.cli.pipeline import exit_code_of, say_settled
    from creditstorm.cli.screen import Manner, show_matrix

    if simulate and processes > 1:
        raise UsageError("--processes: a simulated run is one process, which has no workers; leave it out")
    how = HowToRun(processes, tuple(allow_hosts or ()))
    if simulate:
        folder, comparison, interrupted = _simulated(plan, out, quiet=quiet)
    else:
        how = _looked_over(plan, draft.changed(tuple(overrides or ())), how, out)
        folder, comparison, interrupted = _live(plan, out, how, quiet=quiet)
    changed = [*(overrides or []), *([f"seed={seed}"] if seed is not None else [])]
    words = [*_words("--set", changed), *_words("--allow-host", how.allow_hosts), *["--simulate"][: int(simulate)]]
    again = _again(scenario, policies, repeat, words)
    measured = ExitCode.INTERRUPTED if interrupted else comparison.exit_code
    exit_code = exit_code_of(measured, on_inconclusive)
    show_matrix(folder, comparison, Manner(exit_code, as_json, quiet))
    if not all(state.measured for state in comparison.cells):
        typer.echo(f"go on with: {again} --out {shlex.quote(str(folder.root))}", err=True)
    say_settled(measured, on_inconclusive, as_json=as_json)
    raise typer.Exit(exit_code)


def _live(plan: MatrixPlan, out: Path | None, how: HowToRun, *, quiet: bool) -> "tuple[MatrixFolder, Comparison, bool]":
    from creditstorm.cli.screen import MatrixProgress, console_on

    with MatrixProgress(console_on(sys.stderr, quiet=quiet)) as progress:
        return execute_matrix(plan, out=out, how=how, observer=progress)


def _simulated(plan: MatrixPlan, out: Path | None, *, quiet: bool) -> "tuple[MatrixFolder, Comparison, bool]":
    from creditstorm.cli.planner.progress import PointsProgress
    from creditstorm.cli.screen import console_on
    from creditstorm.runs.cells_at_once import simulate_matrix

    with PointsProgress(console_on(sys.stderr, quiet=quiet), "matrix") as progress:
        return simulate_matrix(plan, out=out, observer=progress)


def _looked_over(plan: MatrixPlan, draft: Draft, how: HowToRun, out: Path | None) -> HowToRun:
    """Refuse what cannot work here, and warn of what may not, once for all runs."""
    from creditstorm.cli.screen import warn, warn_of_the_machine, warnings_of
    from creditstorm.record.folder import RESULTS
    from creditstorm.runs.ready import require_ready

    require_ready(plan.scenario, out or Path(RESULTS), how.allow_hosts)
    warn(warnings_of(draft, plan.scenario, guessed=False))
    return replace(how, warnings=warn_of_the_machine(plan.scenario))


def _words(option: str, values: Sequence[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


def _again(scenario: str, policies: str, repeat: int, options: list[str]) -> str:
    words = ["creditstorm", "matrix", scenario, "--policies", policies]
    words += ["--repeat", str(repeat)] if repeat > 1 else []
    return shlex.join([*words, *options])


def _print_plan(plan: MatrixPlan, kept: frozenset[str], *, as_json: bool) -> None:
    """Print every run of the matrix and the time that it will take, starting nothing."""
    from creditstorm.cli.screen import duration_in_words

    about_s = sum(cell.about_s for cell in plan.cells if cell.name not in kept)
    if as_json:
        cells = [
            {"cell": cell.name, "policy": cell.policy, "seed": cell.scenario.seed, "about_s": cell.about_s,
             "finished": cell.name in kept}
            for cell in plan.cells
        ]  # fmt: skip
        typer.echo(json.dumps({"scenario": plan.scenario.id, "about_s": about_s, "cells": cells}, indent=2))
        return
    runs = f"{len(plan.cells)} {'run' if len(plan.cells) == 1 else 'runs'}"
    typer.echo(f"{plan.scenario.id} · {runs} · about {duration_in_words(about_s)} (nothing started)")
    longest = max(len(cell.name) for cell in plan.cells)
    for cell in plan.cells:
        done = "finished" if cell.name in kept else f"about {duration_in_words(cell.about_s)}"
        typer.echo(f"  {cell.name:<{longest}}  seed {cell.scenario.seed}  {done}")
