"""What a run would do, without doing it."""

from __future__ import annotations

import json

import typer

from creditstorm.engine.plan import make_plan
from creditstorm.scenario.model import Scenario


def print_plan(scenario: Scenario, *, as_json: bool) -> None:
    """Print the steps of a run in their order, and how many first attempts to expect."""
    plan = make_plan(scenario.faults, ends_s=scenario.load.duration_s)
    steps = [
        {"t_s": step.t_s, "step": "begin" if step.begins else "end", "fault": step.fault.name, "kind": step.fault.kind,
         "target": step.fault.target}
        for step in plan.steps
    ]  # fmt: skip
    if as_json:
        whole = {"scenario": scenario.id, "policy": scenario.system.policy.name, "seed": scenario.seed}
        typer.echo(json.dumps({**whole, "ends_s": plan.ends_s, "steps": steps}, indent=2))
        return
    typer.echo(
        f"{scenario.id} · {scenario.system.policy.name} · seed {scenario.seed} · {plan.ends_s:g} s (nothing started)"
    )
    for step in steps:
        typer.echo(f"  {step['t_s']:6.1f} s  {step['step']:5}  {step['fault']}: {step['kind']} on {step['target']}")
    typer.echo(f"  {plan.ends_s:6.1f} s  the last person asks")
    for threshold in scenario.thresholds:
        typer.echo(f"  gate      {threshold.key} {threshold.text}")
