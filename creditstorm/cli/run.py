"""`creditstorm run`: storm a system, then say how often people were wrongly told "no credit"."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from creditstorm.cli.options import Overrides, Processes, ScenarioName, Seed
from creditstorm.cli.screen import warn, warnings_of
from creditstorm.engine.plan import make_plan
from creditstorm.record.folder import RunFolder, new_run_folder
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import Draft, read
from creditstorm.scenario.text.overrides import Given, texts


def run(
    scenario: ScenarioName,
    *,
    policy: Annotated[
        str | None,
        typer.Option(help="Run with this policy instead of the scenario's; `intended`: the one it is written for."),
    ] = None,
    overrides: Overrides = None,
    seed: Seed = None,
    processes: Processes = 1,
    out: Annotated[Path | None, typer.Option(help="The run folder itself (default: results/<run-id>).")] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Show what would happen and start nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")] = False,
) -> None:
    """Run a scenario against the reference system through the real Toxiproxy. Exit code: the gate's."""
    draft = read(catalogue.find(scenario))
    changed = _overrides(draft, policy, seed, overrides or [])
    asked = draft.scenario(changed)
    warnings = warnings_of(draft.changed(changed), asked)
    if dry:
        _print_plan(asked, warnings, as_json=as_json)
        return
    from creditstorm.adapters.toxiproxy.server import require_toxiproxy

    require_toxiproxy()
    folder = new_run_folder(asked.id, asked.system.policy.name, now=datetime.now(UTC), wanted=out)
    warn(warnings)
    raise typer.Exit(_stormed(asked, folder, texts(changed), processes, as_json=as_json))


def _stormed(asked: Scenario, folder: RunFolder, overrides: tuple[str, ...], processes: int, *, as_json: bool) -> int:
    """Carry out the run and show how it went; the exit code."""
    from rich.console import Console
    from creditstorm.cli.screen import LiveProgress, show
    from creditstorm.runs.execute import RunRequest, execute
    from creditstorm.runs.warm_up import WarmUp

    with WarmUp() as warm_up:
        with LiveProgress(Console(stderr=True, highlight=False), asked) as progress:
            result = execute(RunRequest(asked, folder, overrides, processes), progress.show, warm_up)
        if result.summary is not None:
            show(folder, result.summary, as_json=as_json)
    if words := result.in_words(folder):
        typer.echo(words, err=True)
    return result.exit_code


def _overrides(draft: Draft, policy: str | None, seed: int | None, overrides: list[str]) -> tuple[str | Given, ...]:
    by_option = [draft.policy_override(policy, overrides)] if policy is not None else []
    by_option += [Given(f"seed={seed}", f"--seed {seed}")] if seed is not None else []
    return (*overrides, *by_option)


def _print_plan(scenario: Scenario, warnings: list[dict[str, str]], *, as_json: bool) -> None:
    """Print the steps of a run in their order, starting nothing."""
    plan = make_plan(scenario.faults, ends_s=scenario.load.duration_s)
    steps = [
        {"t_s": step.t_s, "step": "begin" if step.begins else "end", "fault": step.fault.name, "kind": step.fault.kind,
         "target": step.fault.target}
        for step in plan.steps
    ]  # fmt: skip
    if as_json:
        whole = {"scenario": scenario.id, "policy": scenario.system.policy.name, "seed": scenario.seed}
        typer.echo(json.dumps({**whole, "ends_s": plan.ends_s, "steps": steps, "warnings": warnings}, indent=2))
        return
    warn(warnings)
    typer.echo(
        f"{scenario.id} · {scenario.system.policy.name} · seed {scenario.seed} · {plan.ends_s:g} s (nothing started)"
    )
    for step in steps:
        typer.echo(f"  {step['t_s']:6.1f} s  {step['step']:5}  {step['fault']}: {step['kind']} on {step['target']}")
    typer.echo(f"  {plan.ends_s:6.1f} s  the last person asks")
    for threshold in scenario.thresholds:
        typer.echo(f"  gate      {threshold.key} {threshold.text}")
