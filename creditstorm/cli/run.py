"""`creditstorm run`: storm a system, then say how often people were wrongly told "no credit"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from creditstorm.adapters.provenance import provenance
from creditstorm.adapters.toxiproxy.server import require_toxiproxy
from creditstorm.analysis.summary import Summary
from creditstorm.cli.dry import print_plan
from creditstorm.cli.late import Backstage
from creditstorm.cli.storm import Storm, storm
from creditstorm.record.create import new_run_folder
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ended, Manifest
from creditstorm.record.seal import seal
from creditstorm.scenario import catalogue
from creditstorm.scenario.intended import policy_override
from creditstorm.scenario.loader import load
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.overrides import Given, texts
from creditstorm.scenario.resolved import dump

EXIT_OF_END = {"interrupted": 130, "failed": 4}


def run(
    scenario: Annotated[str, typer.Argument(help="A scenario file, or a name from the catalogue.", show_default=False)],
    *,
    policy: Annotated[
        str | None,
        typer.Option(help="Run with this policy instead of the scenario's; `intended`: the one it is written for."),
    ] = None,
    overrides: Annotated[list[str] | None, typer.Option("--set", help="key.path=value, as often as you like.")] = None,
    seed: Annotated[int | None, typer.Option(help="Other people, other luck.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="Locust worker processes; never changes who asks when.")] = 1,
    out: Annotated[Path | None, typer.Option(help="The run folder itself (default: results/<run-id>).")] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Show what would happen and start nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")] = False,
) -> None:
    """Run a scenario against the reference system through the real Toxiproxy. Exit code: the gate's."""
    path = catalogue.find(scenario)
    changed = _overrides(path, policy, seed, overrides or [])
    asked = load(path, overrides=changed)
    if dry:
        print_plan(asked, as_json=as_json)
        return
    require_toxiproxy()
    folder = new_run_folder(asked.id, asked.system.policy.name, now=datetime.now(UTC), wanted=out)
    with Backstage() as backstage:
        carried = carry_out(asked, folder, overrides=texts(changed), processes=processes, backstage=backstage)
        if carried.summary is not None:
            backstage.conclusion().show(folder, carried.summary, as_json=as_json)
    carried.say(folder)
    raise typer.Exit(carried.exit_code)


@dataclass(frozen=True, slots=True)
class Carried:
    """How one run went: `summary` is None where its load never began, `message` is what a person has to know."""

    how: str
    exit_code: int
    summary: Summary | None
    message: str

    def say(self, folder: RunFolder) -> None:
        """Print the message, if there is one, on standard error."""
        if self.message:
            typer.echo(self.message, err=True)
            typer.echo(f"what was recorded is kept in {folder.root}", err=True)


def carry_out(
    asked: Scenario, folder: RunFolder, *, overrides: tuple[str, ...], processes: int, backstage: Backstage
) -> Carried:
    """Run the scenario in this empty folder and write everything a run folder holds; progress is shown meanwhile."""
    manifest = _open(folder, asked, overrides, processes)
    ended = storm(asked, folder, manifest, console=Console(stderr=True, highlight=False), backstage=backstage)
    return _finish(folder, ended, backstage)


def _overrides(path: Path, policy: str | None, seed: int | None, overrides: list[str]) -> tuple[str | Given, ...]:
    by_option = [policy_override(policy, path, overrides)] if policy is not None else []
    by_option += [Given(f"seed={seed}", f"--seed {seed}")] if seed is not None else []
    return (*overrides, *by_option)


def _open(folder: RunFolder, asked: Scenario, overrides: tuple[str, ...], processes: int) -> Manifest:
    folder.scenario.write_text(dump(asked), encoding="utf-8")
    here = provenance()
    manifest = Manifest(
        run_id=folder.root.name,
        scenario_id=asked.id,
        policy=asked.system.policy.name,
        seed=asked.seed,
        created=here.created,
        versions=here.versions,
        git=here.git,
        host=here.host,
        clock=here.clock,
        processes=processes,
        planned=0,
        duration_s=asked.load.duration_s,
        ended=Ended("running"),
        overrides=overrides,
    )
    manifest.write(folder)
    return manifest


def _finish(folder: RunFolder, told: Storm, backstage: Backstage) -> Carried:
    told.manifest.write(folder)
    how = told.manifest.ended.how
    exit_code = EXIT_OF_END.get(how)
    summary: Summary | None = None
    if told.started:
        seal(folder)
        summary = backstage.conclusion().conclude(folder, easel=backstage.easel())
        exit_code = exit_code or summary.exit_code
    return Carried(how, 4 if exit_code is None else exit_code, summary, told.message)
