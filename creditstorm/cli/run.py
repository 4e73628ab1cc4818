"""`creditstorm run`: storm a system, then say how often people were wrongly told "no credit"."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from creditstorm.adapters.toxiproxy.server import require_toxiproxy
from creditstorm.cli.options import JUnit, Overrides, Processes, Quiet, ScenarioName, Seed, Settled
from creditstorm.cli.pipeline import Order, Outlets, exit_code_of, say_settled, say_what_would_settle
from creditstorm.cli.screen import LiveProgress, Manner, console_on, show, warn, warnings_of
from creditstorm.engine.plan import make_plan
from creditstorm.record.folder import mark_latest, new_run_folder
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.runs.warm_up import WarmUp
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
    quiet: Quiet = False,
    junit: JUnit = None,
    on_inconclusive: Settled = None,
) -> None:
    """Run a scenario against the reference system through the real Toxiproxy.

    Exit code: the gate's. 0 every threshold passed · 1 one failed · 2 usage or scenario error · 3 inconclusive,
    unless --on-inconclusive says what that is to be · 4 environment or harness error · 130 interrupted
    """
    draft = read(catalogue.find(scenario))
    changed = _overrides(draft, policy, seed, overrides or [])
    asked = draft.scenario(changed)
    warnings = warnings_of(draft.changed(changed), asked)
    if dry:
        _print_plan(asked, warnings, as_json=as_json)
        return
    require_toxiproxy()
    outlets = Outlets(junit)
    outlets.open(asked.id)
    folder = new_run_folder(asked.id, asked.system.policy.name, now=datetime.now(UTC), wanted=out)
    warn(warnings)
    mark_latest(folder)
    with WarmUp() as warm_up:
        with LiveProgress(console_on(sys.stderr, quiet=quiet), asked) as progress:
            result = execute(RunRequest(asked, folder, texts(changed), processes), progress.show, warm_up)
        exit_code = exit_code_of(result.exit_code, on_inconclusive)
        if result.summary is None:
            outlets.broken(asked.id, result.message)
        else:
            show(folder, result.summary, Manner(exit_code, as_json, quiet))
            command = _again(str(folder.scenario) if scenario == "-" else scenario, policy, seed, overrides or [])
            judgement = outlets.tell(folder, result.summary, Order(draft, changed, command))
            if not as_json and not quiet:
                say_what_would_settle(judgement)
    if message := result.in_words(folder):
        typer.echo(message, err=True)
    say_settled(result.exit_code, on_inconclusive, as_json=as_json)
    raise typer.Exit(exit_code)


def _overrides(draft: Draft, policy: str | None, seed: int | None, overrides: list[str]) -> tuple[str | Given, ...]:
    by_option = [draft.policy_override(policy, overrides)] if policy is not None else []
    by_option += [Given(f"seed={seed}", f"--seed {seed}")] if seed is not None else []
    return (*overrides, *by_option)


def _again(scenario: str, policy: str | None, seed: int | None, overrides: list[str]) -> tuple[str, ...]:
    by_option: tuple[str, ...] = ("--policy", policy) if policy is not None else ()
    by_option += ("--seed", str(seed)) if seed is not None else ()
    return ("creditstorm", "run", scenario, *by_option, *(word for one in overrides for word in ("--set", one)))


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
