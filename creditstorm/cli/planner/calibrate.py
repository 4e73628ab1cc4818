"""`creditstorm calibrate`: what a hop and a call cost on this machine."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer
from creditstorm.cli.options import AsJson, Overrides, Quiet
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read

CALM: Final = "calm"


def calibrate(
    *,
    out: Annotated[
        Path | None, typer.Option(help="The file (default: costs.json in the cache folder).", show_default=False)
    ] = None,
    overrides: Overrides = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Measure what a hop and a call cost on this machine, in a calm live run of half a minute.

    A file for `creditstorm run --simulate --costs FILE`. No run reads it
    unless it is named: the same seed gives the same bytes on every machine.

    Exit codes: 0 written · 2 usage error · 4 the run failed, or doubts what
    it measured
    """
    from creditstorm.adapters.toxiproxy.server import require_toxiproxy
    from creditstorm.adapters.yardstick import cache_folder
    from creditstorm.cli.screen import LiveProgress, console_on
    from creditstorm.record.folder import RunFolder, new_run_folder
    from creditstorm.runs.agreement import calibration

    scenario = read(catalogue.find(CALM)).scenario(tuple(overrides or ()))
    require_toxiproxy()
    path = out or cache_folder() / "costs.json"
    calibration.require_place(path)
    with TemporaryDirectory(prefix="creditstorm-calibrate-") as place:
        folder: RunFolder = new_run_folder(CALM, "run", now=datetime.now(UTC), wanted=Path(place) / "run")
        with LiveProgress(console_on(sys.stderr, quiet=quiet), scenario) as progress:
            found = calibration.calibrate(scenario, folder, progress.show)
    costs = calibration.keep(path, found)
    if as_json:
        typer.echo(json.dumps({"path": str(path), "costs_s": asdict(costs)}, indent=1))
        return
    for name, cost in found.items():
        spread = f"{1000 * cost.low_s:.2f} to {1000 * cost.high_s:.2f} ms in 90 % of {cost.n:,}"
        typer.echo(f"  {name:<10} {1000 * cost.median_s:6.2f} ms  ({spread})")
    typer.echo(f"use it with: creditstorm run SCENARIO --simulate --costs {path}")
