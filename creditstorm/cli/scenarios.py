"""`creditstorm scenarios`: list, show and check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from creditstorm.scenario import catalogue
from creditstorm.scenario.loader import load
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.resolved import dump

scenarios = typer.Typer(help="The catalogue: list it, show one, check yours.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A scenario's name in the catalogue, or a path.", show_default=False)]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="key.path=value, as often as you like.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@scenarios.command(name="list")
def list_(*, as_json: AsJson = False) -> None:
    """List the scenarios that come with creditstorm."""
    known = [load(path) for path in catalogue.paths()]
    if as_json:
        typer.echo(json.dumps([_brief(scenario) for scenario in known], ensure_ascii=False, indent=2))
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("scenario", "length", "policy", "why"):
        table.add_column(column, overflow="fold")
    for scenario in known:
        brief = _brief(scenario)
        table.add_row(scenario.id, f"{brief['duration_s']:g} s", scenario.system.policy.name, scenario.why)
    Console().print(table)


@scenarios.command()
def show(scenario: Name, overrides: Overrides = None) -> None:
    """Print a scenario with every default spelled out."""
    typer.echo(dump(load(catalogue.find(scenario), overrides=overrides or ())), nl=False)


@scenarios.command()
def check(files: Annotated[list[Path], typer.Argument(help="Scenario files.", show_default=False)]) -> None:
    """Check scenario files and start nothing."""
    for file in files:
        scenario = load(catalogue.find(str(file)))
        typer.echo(f"{file}: fine ({scenario.id}, {scenario.load.duration_s:g} s, {len(scenario.faults)} faults)")


def _brief(scenario: Scenario) -> dict[str, object]:
    return {
        "id": scenario.id,
        "duration_s": scenario.load.duration_s,
        "policy": scenario.system.policy.name,
        "faults": [fault.name for fault in scenario.faults],
        "why": scenario.why,
    }
