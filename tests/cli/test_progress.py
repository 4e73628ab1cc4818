"""What a person reads while a matrix goes on."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from creditstorm.cli.planner.progress import PointsProgress, keeps
from creditstorm.cli.screen import LiveProgress, MatrixProgress, console_on, duration_in_words
from creditstorm.engine.events import AlarmEnded, AlarmRaised, ClockJumped, FaultMissed, HarnessStalled
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending
from creditstorm.runs.execute import RunResult
from creditstorm.runs.matrix import plan_of
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import load, read

FLAPS = catalogue.folder() / "scoring-flaps.yaml"


def test_progress_learns_how_long_a_run_takes() -> None:
    """The load and 6 s beside it are expected; after a run that took 20 s more than its load, those 20 s."""
    out, now = io.StringIO(), [0.0]
    cells = plan_of(
        read(FLAPS),
        "fail-closed,tri-state",
        repeats=1,
        seed=None,
        overrides=["load.arrivals=[{for: 22s, rate: 1/s}]", "faults=[]", "thresholds={}"],
    ).cells
    with MatrixProgress(Console(file=out, width=200), clock=lambda: now[0]) as progress:
        progress.begin(cells[0], [cells[0]] * 5, done=1)
        now[0] = 42.0
        progress.end(cells[0], RunFolder(Path("run")), RunResult(Ending.COMPLETED, 0, None, "a word"))
        progress.begin(cells[1], [cells[1]] * 4, done=2)
    shown = [line for line in out.getvalue().splitlines() if line.startswith("run ")]
    assert shown == ["run 2 of 6: fail-closed-0 · about 2 min left", "run 3 of 6: tri-state-0 · about 3 min left"]
    assert "a word\nwhat was recorded is kept in run" in out.getvalue()


def test_time_in_words() -> None:
    """Seconds, minutes, hours."""
    assert [duration_in_words(s) for s in (44.6, 89, 170, 4800)] == ["45 s", "89 s", "3 min", "1 h 20 min"]


def test_lost_time_and_alarms_are_said_at_once() -> None:
    """Whoever watches learns that a fault was not begun, and why; and what the monitors say."""
    out = io.StringIO()
    with LiveProgress(Console(file=out, width=200), load(FLAPS)) as progress:
        progress.show(HarnessStalled(t_s=9.2, seconds=8.04))
        progress.show(FaultMissed(t_s=9.2, fault="bureau", kind="blackhole", target="bureau", overdue_s=6.2))
        progress.show(ClockJumped(t_s=20.0, seconds=600.0))
        progress.show(AlarmRaised(t_s=23.4, monitor="decline_rate", raised_s=23.0))
        progress.show(AlarmEnded(t_s=38.2, monitor="decline_rate", raised_s=23.0, ended_s=38.0))
    assert out.getvalue().splitlines()[1:] == [
        "     9.2 s  the harness stood still for 8.0 s",
        "     9.2 s  bureau: NOT begun: overdue by 6.2 s",
        "    20.0 s  the machine was asleep for 600.0 s",
        "    23.0 s  decline_rate: ALARM",
        "    38.0 s  decline_rate: the alarm is over",
    ]


def test_who_interrupts_a_job_is_told_how_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    """With the folder that holds what is done, as the shell wants it; what is no interrupt is not."""
    with pytest.raises(KeyboardInterrupt), keeps(Path("results/a job")):
        raise KeyboardInterrupt
    assert "the same command with --out 'results/a job' goes on" in capsys.readouterr().err
    with pytest.raises(ValueError, match="x"), keeps(Path("results/a job")):
        raise ValueError("x")
    assert capsys.readouterr().err == ""


def test_the_time_that_is_left_is_told_by_the_pace_of_what_goes_on() -> None:
    """Eight simulated points a second say nothing of the live ones that follow."""
    now, screen = [0.0], io.StringIO()
    with PointsProgress(console_on(screen), "sweep", clock=lambda: now[0]) as progress:
        for wanted, took_s in ((8, 0.125), (5, 16.0)):
            progress.begin(wanted, 0)
            for number in range(wanted):
                now[0] += took_s
                progress.ended(f"{wanted}-{number}")
    lines = [line for line in screen.getvalue().splitlines() if " left" in line]
    assert lines == ["      49 s  11/13 5-2 · about 32 s left", "      65 s  12/13 5-3 · about 16 s left"]


def test_what_is_known_from_before_is_one_line() -> None:
    """Of a search, which asks for one run after another, and where nothing at all is left to be done."""
    for wanted in ([(2, 2), (1, 1), (1, 0), (1, 0)], [(2, 2), (1, 1)]):
        screen = io.StringIO()
        with PointsProgress(console_on(screen), "capacity", clock=lambda: 0.0) as progress:
            for total, kept in wanted:
                progress.begin(total, kept)
        assert screen.getvalue().splitlines() == [f"  3 of {min(4, sum(n for n, _ in wanted))} known from before"]
