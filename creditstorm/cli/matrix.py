"""`creditstorm matrix`: the same people, luck and faults under every policy, side by side."""

from __future__ import annotations

import importlib
import shlex
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console

from creditstorm.adapters.toxiproxy.server import require_toxiproxy
from creditstorm.cli.late import Backstage
from creditstorm.cli.matrix_plan import OWN, MatrixPlan, finished, plan_of
from creditstorm.cli.matrix_progress import MatrixProgress, print_matrix_plan
from creditstorm.cli.run import carry_out
from creditstorm.record.matrix import MatrixFolder, MatrixJournal, is_matrix, open_matrix
from creditstorm.scenario import catalogue


def matrix(
    scenario: Annotated[str, typer.Argument(help="A scenario file, or a name from the catalogue.", show_default=False)],
    *,
    policies: Annotated[
        str, typer.Option(help=f"Preset names with commas; {OWN} is the scenario's own policy.", show_default=False)
    ],
    repeat: Annotated[int, typer.Option(min=1, help="Runs of every policy, each with the next seed.")] = 1,
    overrides: Annotated[list[str] | None, typer.Option("--set", help="key.path=value, as often as you like.")] = None,
    seed: Annotated[int | None, typer.Option(help="Other people, other luck.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="Locust worker processes; never changes who asks when.")] = 1,
    out: Annotated[Path | None, typer.Option(help="The matrix folder itself, new or begun before.")] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Show the runs and how long they take, start nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON on standard output.")] = False,
) -> None:
    """Run a scenario once for every policy and compare what people were told.

    Only the policy differs between the runs: the same people ask at the same
    instants and meet the same luck and faults. The first policy is the
    yardstick for the others. Each run gets a run folder of its own inside the
    matrix folder. The same command with the same --out goes on where a stopped
    or killed one was; finished runs are kept.

    Exit codes: 0 every run was measured (a policy that fails its thresholds is
    a finding, not a failure of the matrix) · 2 usage or scenario error ·
    3 a run is in doubt, or not the same people asked · 4 a run failed ·
    130 interrupted (what is done is kept)
    """
    plan = plan_of(catalogue.find(scenario), policies, repeats=repeat, seed=seed, overrides=overrides or [])
    if dry:
        begun = out is not None and is_matrix(out)
        kept = finished(MatrixFolder(out), plan) if out is not None and begun else frozenset()
        print_matrix_plan(plan, kept, as_json=as_json)
        return
    require_toxiproxy()
    with open_matrix(plan.scenario.id, now=datetime.now(UTC), wanted=out) as (folder, journal):
        interrupted = _run_all(plan, folder, journal, processes)
        comparison = _conclusion().conclude_matrix(folder, plan)
        journal.write("concluded", exit_code=comparison.exit_code)
    again = _again(scenario, policies, repeat, [*(overrides or []), *([f"seed={seed}"] if seed is not None else [])])
    exit_code = 130 if interrupted else comparison.exit_code
    _conclusion().show_matrix(folder, comparison, exit_code=exit_code, as_json=as_json)
    if any(state.how != "completed" for state in comparison.cells):
        typer.echo(f"go on with: {again} --out {shlex.quote(str(folder.root))}", err=True)
    raise typer.Exit(exit_code)


def _run_all(plan: MatrixPlan, folder: MatrixFolder, journal: MatrixJournal, processes: int) -> bool:
    """Run every cell that is not finished; whether a person stopped it."""
    kept = finished(folder, plan)
    journal.write("asked", policies=plan.policies, repeats=plan.repeats, kept=sorted(kept))
    to_come = [cell for cell in plan.cells if cell.name not in kept]
    progress = MatrixProgress(Console(stderr=True, highlight=False), len(plan.cells), len(kept))
    with Backstage() as backstage:
        try:
            for index, cell in enumerate(to_come):
                progress.begin(cell, to_come[index:])
                run = journal.begin(cell.name)
                carried = carry_out(
                    cell.scenario, run, overrides=cell.overrides, processes=processes, backstage=backstage
                )
                carried.say(run)
                journal.write("cell_ended", cell=cell.name, how=carried.how, exit_code=carried.exit_code)
                progress.end(cell)
                # A run that never began to ask will not begin the next time either.
                if carried.how == "interrupted" or carried.summary is None:
                    return carried.how == "interrupted"
        except KeyboardInterrupt:
            return True
    return False


def _again(scenario: str, policies: str, repeat: int, overrides: list[str]) -> str:
    words = ["creditstorm", "matrix", scenario, "--policies", policies]
    words += ["--repeat", str(repeat)] if repeat > 1 else []
    words += [word for override in overrides for word in ("--set", override)]
    return shlex.join(words)


def _conclusion() -> ModuleType:
    """Imported late: analysis and figures load a second of libraries that a dry run does not need."""
    return importlib.import_module("creditstorm.cli.matrix_conclusion")
