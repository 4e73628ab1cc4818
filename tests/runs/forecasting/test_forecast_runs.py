"""A forecast from the scenario to the page: small, and twice the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner
from creditstorm.analysis.planning.outlook import Forecast
from creditstorm.analysis.planning.tally import COLUMNS, tally
from creditstorm.cli.app import app
from creditstorm.record.job_folder import Result
from creditstorm.report.planning.outlook_text import render_forecast, screen
from creditstorm.runs.forecasting.forecast_runs import ForecastPlan, carry_out, forecast_plan
from creditstorm.runs.points import Point, open_points
from creditstorm.runs.simulate import simulate
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import load, read

SHORT = (
    "load.arrivals=[{for: 7s, rate: 12/s}]",
    "load.warm_up=1s",
    "faults[0].at=3s",
    "faults[0].for=3s",
)


class Counting:
    """How many points were computed."""

    def __init__(self) -> None:
        self.computed = 0

    def begin(self, total: int, kept: int) -> None:
        """More are wanted."""

    def done(self, point: Point, result: Result) -> None:
        """One more."""
        del point, result
        self.computed += 1


def planned() -> ForecastPlan:
    """The demo in short for 50,000 people."""
    draft = read(catalogue.find("bureau-outage-at-peak"))
    return forecast_plan(draft, people=50_000, peak_hz=1_200.0, seeds=3, overrides=SHORT, policies="zero-fill")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Forecast, list[str]]:
    """The folder, what was found, and what was said meanwhile."""
    place, said, watching = tmp_path_factory.mktemp("forecast") / "job", [], Counting()
    plan = planned()
    with open_points(plan.job, now=datetime(2026, 11, 11, tzinfo=UTC), out=place, on=None, observer=watching) as points:
        found = carry_out(plan, points, say=said.append)
        render_forecast(points.folder, found)
    assert watching.computed == 9
    return place, found, said


def test_what_is_forecast_holds_what_was_seen(begun: tuple[Path, Forecast, list[str]]) -> None:
    """In the window zero-fill wrongs as many as the bureau's mask would wrong of everybody, and both are said."""
    _, found, said = begun
    (outlook,) = found.outlooks
    window = next(part for part in outlook.parts if part.name == "bureau").figures["wronged"]
    everybody = outlook.everybody
    mask = next(row for row in outlook.masks if row.lost == ("bureau",))
    would = mask.wronged / sum(everybody.eligible.values())
    assert window.alike
    assert window.share.low <= would <= window.share.high
    assert everybody.people == 50_000
    assert said == ["  zero-fill: each of 50,000 people under each mask that was met"]


def test_the_same_job_again_computes_nothing(begun: tuple[Path, Forecast, list[str]]) -> None:
    """And finds the same."""
    place, found, _ = begun
    plan, watching = planned(), Counting()
    with open_points(plan.job, now=datetime.now(UTC), out=place, on=None, observer=watching) as points:
        assert carry_out(plan, points) == found
    assert watching.computed == 0


def test_page_and_table_say_what_is_from_where(begun: tuple[Path, Forecast, list[str]]) -> None:
    """A refused forecast has its figures and no count of people; one that stands has both, each with its basis."""
    place, found, _ = begun
    page = (place / "forecast.html").read_text("utf-8")
    table = json.loads((place / "forecast.json").read_text("utf-8"))
    (policy,) = table["policies"]
    assert "Nothing here was measured on a real system" in page
    assert policy["counted"]["basis"] == "counted"
    refused = bool(found.outlooks[0].refused)
    assert refused == bool(policy["refused"]) == (table["exit_code"] == 3)
    assert all(("people" in figure) is not refused for figure in policy["figures"])
    assert ("No forecast:" in page) is refused
    text = "\n".join(str(line) for line in screen(found, place / "forecast.html"))
    assert ("no forecast" in text) is refused
    assert "nothing here was measured" in text


@pytest.mark.parametrize("policy", ["fail-closed", "partial-score", "tri-state", "last-known-good"])
def test_no_answer_is_other_than_the_rule_says(policy: str) -> None:
    """Of every answer that was decided on true evidence, or none, the rule of the forecast says the same."""
    scenario = load(catalogue.find("bureau-outage-at-peak"), overrides=[*SHORT, f"system.policy={policy}"])
    counted = tally(simulate(scenario, columns=COLUMNS))
    assert counted["other_than_the_rule"] == 0
    people = counted["parts"]["people"]["eligible"]  # type: ignore[index]
    assert sum(n for _, _, n, *_ in people["masks"]) > 0.5 * people["n"] > 0


def test_what_was_not_decided_on_the_persons_own_values_is_no_mask() -> None:
    """A shifted cut-off, or income in another unit: neither the mask nor the person says what was told."""
    income = ("load.arrivals=[{for: 7s, rate: 12/s}]", "load.warm_up=1s", "faults[0].at=3s", "faults[0].for=3s")
    for name in ("income-in-ten-thousands", "cut-off-mis-set"):
        counted = tally(simulate(load(catalogue.find(name), overrides=income), columns=COLUMNS))
        assert counted["other_than_the_rule"] == 0
        parts = counted["parts"]
        (window,) = (parts[name] for name in counted["windows"])  # type: ignore[index,attr-defined]
        assert sum(n for _, _, n, *_ in window["eligible"]["masks"]) < 0.2 * window["eligible"]["n"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--people", "many", "--peak", "16k/s"], "--people many: expected a whole number such as 100M"),
        (["--people", "1.5", "--peak", "16k/s"], "--people 1.5: expected a whole number"),
        (["--people", "-5", "--peak", "16k/s"], '--people -5: "-5" is negative'),
        (["--people", "100M", "--peak", "16k"], "--peak 16k: expected a rate such as 16.7k/s"),
        (["--people", "0", "--peak", "16k/s"], "--people 0: somebody has to ask"),
        (["--people", "1亿", "--peak", "1.67万/s", "--seeds", "2"], "--seeds 2: an interval for a new run needs 3"),
        (["--people", "1亿", "--peak", "1.67万/s", "--policies", "tristate"], 'did you mean "tri-state"'),
    ],
)
def test_bad_input_is_told(words: list[str], said: str) -> None:
    """Before anything is computed."""
    ended = CliRunner().invoke(app, ["forecast", "bureau-outage-at-peak", *words])
    assert said in str(ended.exception)
