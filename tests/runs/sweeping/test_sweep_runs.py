"""A small sweep, from its runs to its table, page and pictures; another metric computes nothing anew."""

from __future__ import annotations

import json
from pathlib import Path

from creditstorm.report.planning import sweep_words
from creditstorm.runs.sweeping.grid import SweepAsked, grid_of
from creditstorm.runs.sweeping.sweep_runs import asks_of, execute_sweep, run_of_point
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read
from tests.runs.small import SMALL
from tests.runs.test_points import Told


def test_a_sweep_is_its_runs_and_goes_on(tmp_path: Path) -> None:
    """Two deadlines, two seeds: each figure is the mean of the runs themselves; the second time nothing is computed."""
    draft = read(catalogue.find("calm"))
    vary = ("system.deadline=50ms,4s",)
    grid = grid_of(draft, SweepAsked(vary, seeds=2, overrides=SMALL), cores=2)
    told = Told()
    folder, sweep = execute_sweep(grid, out=tmp_path / "s", on=None, observer=told)
    alone = [run_of_point(scenario)["figures"] for scenario in grid.places[0].scenarios]
    wrongful = [one["wrongful_no_credit_rate.people"] for one in alone]  # type: ignore[index]
    assert sweep.figure(sweep.points[0]).value == sum(wrongful) / 2
    assert (sweep.figure(sweep.points[0]).value or 0.0) > 0.9
    assert sweep.figure(sweep.points[1]).value == 0.0
    assert {path.name for path in folder.plots.iterdir()} == {"sweep_curve.svg", "sweep_curve.png"}
    assert "simulated" in folder.page.read_text()
    assert json.loads(folder.table.read_text())["mode"] == "simulated"
    lines = list(sweep_words.table(sweep))
    assert any("50 ms" in line and "scenario" in line for line in lines)
    again = grid_of(draft, SweepAsked(vary, seeds=2, metric="answer_latency p(50)", overrides=SMALL), cores=2)
    assert asks_of(again) == asks_of(grid)
    later = Told()
    execute_sweep(again, out=tmp_path / "s", on=None, observer=later)
    assert (len(told.done_points), later.done_points, later.begun) == (4, [], [(4, 4)])


def test_more_replicas_shorten_the_queue() -> None:
    """One bureau of one worker cannot answer ten a second within the deadline, six of it can; all else is the same."""
    few = (
        "system.services.bureau={workers: 1, queue: 9, p99: 300ms}",
        "system.deadline=1s",
        "system.services.income={p99: 310ms}",
    )
    asked = SweepAsked(("system.replicas.bureau=1..6/2",), seeds=1, overrides=(*SMALL, *few))
    grid = grid_of(read(catalogue.find("calm")), asked, cores=2)
    one, six = (place.scenarios[0] for place in grid.places)
    assert (one.system.replicas, six.system.replicas) == ({}, {"bureau": 6})
    assert six.model_copy(update={"system": six.system.model_copy(update={"replicas": {}})}) == one
    late = [run_of_point(scenario)["figures"]["wrongful_no_credit_rate.people"] for scenario in (one, six)]  # type: ignore[index]
    assert late[0] > 0.4
    assert late[1] < 0.1
