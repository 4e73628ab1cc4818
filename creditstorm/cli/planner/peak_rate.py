"""`creditstorm capacity`: the largest peak that a lender holds, and what gives way first above it."""

import sys
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from creditstorm.cli.options import AsJson, Overrides, Quiet, ScenarioName, Seed
from creditstorm.cli.planner.options import Live, On, Out, Policy, given_of
from creditstorm.errors import UsageError
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.asked_rules import rates_of, thresholds_of
from creditstorm.scenario.text.loader import read

if TYPE_CHECKING:
    from creditstorm.analysis.planning.held import Held
    from creditstorm.cli.planner.progress import PointsProgress
    from creditstorm.runs.edge.held_rate import Question
    from creditstorm.runs.points import Points


def capacity(
    scenario: ScenarioName,
    *,
    below: Annotated[
        list[str], typer.Option("--below", help="What has to hold; several of them all have to.", show_default=False)
    ],
    rate: Annotated[str, typer.Option(help="The peaks between which the edge is sought.")] = "20/s..2000/s",
    policy: Policy = None,
    overrides: Overrides = None,
    seed: Seed = None,
    live: Live = False,
    out: Out = None,
    on: On = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find the largest peak that passes with 95 % confidence, and say what gave way first above it.

    All stages are scaled alike. A run passes where every rule holds on its
    figures and no doubt touches them; two runs of one rate may differ, so
    each has a seed of its own and the edge comes with an interval.
    Simulated on every core (or on Dask, --on), unless --live, which says
    beforehand how long it takes at most. The same --out goes on where it
    was stopped.

    Exit codes: 0 found · 2 usage error, every rate passes, or none · 4 a
    run failed · 130 interrupted (kept)
    """
    from creditstorm.cli.planner.progress import PointsProgress, keeps
    from creditstorm.cli.screen import console_on
    from creditstorm.report.planning.peak_page import capacity_json, capacity_text, write_capacity
    from creditstorm.runs.edge.held_rate import Question
    from creditstorm.runs.points import Job, open_points

    draft = read(catalogue.find(scenario))
    low_hz, high_hz = rates_of(rate, option="--rate")
    given = given_of(draft, policy, seed, overrides)
    given += (thresholds_of(below, option="--below"),)
    asked = draft.scenario(given)
    if asked.load.arrivals is None:
        raise UsageError("capacity: the scenario has users, a closed model, whose rate is what the lender gives it")
    if live and on is not None:
        raise UsageError("--live is on this machine; leave --on out")
    question = Question(draft, given, low_hz, high_hz)
    job = Job("capacity", asked, {"rate": rate, "below": list(below), "live": live})
    with (
        PointsProgress(console_on(sys.stderr, quiet=quiet), "capacity") as progress,
        open_points(job, now=datetime.now(UTC), out=out, on=on, observer=progress) as points,
        keeps(points.folder.root),
    ):
        if live:
            _say_how_long(question, progress)
        found = _found(question, points, live=live)
    write_capacity(points.folder, found, asked, live=live)
    if as_json:
        typer.echo(capacity_json(found, asked, live=live), nl=False)
        return
    for line in capacity_text(found, asked, live=live, brief=quiet):
        typer.echo(line)
    typer.echo(f"  {points.folder.page}")


def _say_how_long(question: "Question", progress: "PointsProgress") -> None:
    from creditstorm.cli.screen import duration_in_words
    from creditstorm.runs.edge.held_rate import LIVE_PATIENCE, at_most_s

    most, about = LIVE_PATIENCE.most_runs, duration_in_words(at_most_s(question))
    progress.say(f"  live, one run after another: at most {most} runs, {about}; Ctrl-C keeps what is done")


def _found(question: "Question", points: "Points", *, live: bool) -> "Held":
    from creditstorm.runs.edge.held_rate import (
        LIVE_PATIENCE,
        held_rate,
        live_probe,
        simulated_patience,
        simulated_probe,
    )
    from creditstorm.runs.live_points import live_results

    if live:
        return held_rate(question, partial(live_results, points, of=live_probe), LIVE_PATIENCE)
    return held_rate(question, partial(points.results, work=simulated_probe), simulated_patience(points.workers))
