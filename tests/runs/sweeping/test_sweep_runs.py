"""A small sweep, from its runs to its table, page and pictures; another metric computes nothing anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from creditstorm.cli import main
from creditstorm.errors import UsageError
from creditstorm.report.planning import sweep_page, sweep_words
from creditstorm.runs.sweeping.grid import SweepAsked, grid_of
from creditstorm.runs.sweeping.sweep_runs import (
    HowToSweep,
    asks_of,
    concluded,
    execute_sweep,
    live_runs,
    places_to_verify,
    run_of_point,
)
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
    folder, sweep = execute_sweep(grid, HowToSweep(tmp_path / "s"), told)
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
    execute_sweep(again, HowToSweep(tmp_path / "s"), later)
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


def test_points_repeated_live_stand_beside_the_simulated_ones() -> None:
    """First, middle and last with the first seed; each error with its sign, and what the live run doubts."""
    asked = SweepAsked(("system.deadline=1s..5s/5",), seeds=2, overrides=SMALL)
    grid = grid_of(read(catalogue.find("calm")), asked, cores=2)
    assert [place.place for place in places_to_verify(grid, 3)] == [(0,), (2,), (4,)]
    assert [place.place for place in places_to_verify(grid, 1)] == [(2,)]
    with pytest.raises(UsageError, match="--verify 6: the sweep has 5 points"):
        places_to_verify(grid, 6)
    assert len(live_runs(grid, HowToSweep(live=True))) == 10
    figures = {"wrongful_no_credit_rate.people": 0.05, "answer_latency p(99)": 0.5, "recovery_time": None}
    simulated = {"figures": figures, "region": None, "doubts": []}
    live = {"figures": {**figures, "wrongful_no_credit_rate.people": 0.08}, "region": None, "doubts": ["CPU was short"]}
    found = {place.name(n): simulated for place in grid.places for n in range(2)}
    sweep = concluded(grid, {**found, "live-2-scenario-0": live}, places_to_verify(grid, 1))
    [one] = sweep.repeated
    assert one.errors == {
        "wrongful_no_credit_rate.people": pytest.approx(-0.03),
        "answer_latency p(99)": 0.0,
        "recovery_time": None,
    }
    assert sweep.doubts == ("1 of 1 runs repeated live: CPU was short",)
    seed = str(grid.scenario.seed)
    assert list(sweep_words.repeated_rows(sweep)) == [
        ("3 s", "scenario", seed, "wrongful_no_credit_rate.people", "5.0 %", "8.0 %", "-3.0 pp"),
        ("3 s", "scenario", seed, "answer_latency p(99)", "500 ms", "500 ms", "+0 ms"),
    ]
    assert any("1 run of 10 repeated live" in line for line in sweep_words.table(sweep))
    assert "1 run of 10 repeated live" in sweep_page.page(sweep, {})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--live", "--on", "tcp://127.0.0.1:1"], "leave --on out"),
        (["--live", "--verify", "1"], "leave --verify out"),
        (["--verify", "3"], "--verify 3: the sweep has 2 points"),
    ],
)
def test_what_cannot_be_carried_out_live_is_said(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything runs."""
    monkeypatch.setattr("sys.argv", ["creditstorm", "sweep", "calm", "--vary", "system.deadline=1s,2s", *words])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert said in capsys.readouterr().err
