"""`creditstorm forecast`: what a storm will tell a hundred million people, from cells small enough to simulate."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from creditstorm.cli.options import AsJson, Overrides, ScenarioName, Seed
from creditstorm.cli.planner.options import On, Out
from creditstorm.errors import UsageError
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read
from creditstorm.units import large_rate_hz, many

if TYPE_CHECKING:
    from creditstorm.runs.forecasting.forecast_runs import ForecastPlan


def forecast(
    scenario: ScenarioName,
    *,
    people: Annotated[str, typer.Option(help="How many people there are: 100M, 500k, 1亿.", show_default=False)],
    peak: Annotated[str, typer.Option(help="How many ask at the peak: 16.7k/s, 1.67万/s.", show_default=False)],
    cells: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1_000_000,
            help="How many times the scenario's system there is; else as often as keeps its own utilisation.",
            show_default=False,
        ),
    ] = None,
    policies: Annotated[
        str | None, typer.Option(help="Policies with commas; else the scenario's own.", show_default=False)
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="Runs of each size of the cell, three at least.")] = 4,
    overrides: Overrides = None,
    seed: Seed = None,
    out: Out = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Say how many of many people a storm will wrong, with the interval of a new run.

    A cell of the system, at exactly its utilisation, is simulated at one, two
    and four times its size. What evidence was missing then is held against
    every one of the people. The same shares at every size are asked for: where
    they are not shown to be, there is no forecast.

    Exit codes: 0 forecast · 2 usage or scenario error · 3 shares depend on the
    size of the cell, or are not shown not to, so nothing can be extrapolated ·
    4 harness error · 130 interrupted (what is done is kept)
    """
    draft = read(catalogue.find(scenario))
    many_people, peak_hz = _read("--people", many, people), _read("--peak", large_rate_hz, peak)
    from creditstorm.runs.forecasting.forecast_runs import forecast_plan

    plan = forecast_plan(
        draft,
        people=int(many_people),
        peak_hz=peak_hz,
        cells=cells,
        policies=policies,
        seeds=seeds,
        seed=seed,
        overrides=overrides or (),
    )
    _carry_out(plan, out, on, as_json=as_json)


def _carry_out(plan: "ForecastPlan", out: Path | None, on: str | None, *, as_json: bool) -> None:
    """Carry it out, show it, and leave with its exit code."""
    from creditstorm.cli.planner.progress import PointsProgress, keeps
    from creditstorm.cli.screen import console_on
    from creditstorm.report.planning.outlook_text import as_json_text, print_forecast, render_forecast
    from creditstorm.runs.forecasting.forecast_runs import carry_out
    from creditstorm.runs.points import open_points

    console = console_on(sys.stderr)
    with (
        PointsProgress(console, f"forecast {plan.scenario.id}") as progress,
        open_points(plan.job, now=datetime.now(UTC), out=out, on=on, observer=progress) as points,
        keeps(points.folder.root),
    ):
        found = carry_out(plan, points, say=lambda line: console.print(line, markup=False, soft_wrap=True))
        render_forecast(points.folder, found)
    if as_json:
        typer.echo(as_json_text(found))
    else:
        print_forecast(console_on(sys.stdout), found, points.folder.page)
    raise typer.Exit(found.exit_code)


def _read(option: str, parse: Callable[[object], float], text: str) -> float:
    try:
        return parse(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: {error}") from error
