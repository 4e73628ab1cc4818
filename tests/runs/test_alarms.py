"""Monitors while a run goes on: what they say is what the report says, and one of them may end the run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from creditstorm.analysis.summary import Summary
from creditstorm.exit_code import ExitCode
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending, Manifest, Mode
from creditstorm.record.mark_journal import read_marks
from creditstorm.record.marks import AlarmEnded, AlarmMark, AlarmRaised, Mark, StopRequested
from creditstorm.record.stream import LiveWriter, StreamTail
from creditstorm.runs.conclude import conclude
from creditstorm.runs.execute import RunRequest, RunResult, execute
from creditstorm.scenario.model import Scenario
from tests.runs.small import small_scenario
from tests.storm.harness import run_once

DARK = (
    "load.arrivals=[{for: 40s, rate: 25/s}]",
    "load.warm_up=2s",
    "faults=[{kind: blackhole, target: bureau, at: 20s, for: 8s}]",
    "system.policy=fail-closed",
    "system.deadline=1500ms",
)


@dataclass(frozen=True)
class Simulated:
    """A simulated run with a folder."""

    folder: RunFolder
    result: RunResult
    heard: list[Mark]


def simulated(root: Path, scenario: Scenario, abort_on: tuple[str, ...] = ()) -> Simulated:
    """Carried out as the command does, without figures."""
    root.mkdir()
    heard: list[Mark] = []
    request = RunRequest(scenario, RunFolder(root), mode=Mode.SIMULATED, pages=False, abort_on=abort_on)
    result = execute(request, lambda event: heard.append(event) if isinstance(event, Mark) else None)
    return Simulated(RunFolder(root), result, heard)


@pytest.fixture(scope="module")
def dark(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """A bureau that goes dark for 8 s."""
    return simulated(tmp_path_factory.mktemp("alarms") / "dark", small_scenario(*DARK))


@pytest.fixture(scope="module")
def aborted(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """The same, ended by the alarm of one monitor."""
    return simulated(tmp_path_factory.mktemp("alarms") / "aborted", small_scenario(*DARK), ("decline_rate",))


def told_live(run: Simulated) -> set[tuple[str, float, float | None]]:
    """Every alarm as the marks say it."""
    marks = read_marks(run.folder)
    ended = {(m.monitor, m.raised_s): m.ended_s for m in marks if isinstance(m, AlarmEnded)}
    return {(m.monitor, m.raised_s, ended.get((m.monitor, m.raised_s))) for m in marks if isinstance(m, AlarmRaised)}


def told_later(summary: Summary | None) -> set[tuple[str, float, float | None]]:
    """Every alarm as the report says it."""
    assert summary is not None
    return {(one.monitor, alarm.raised_s, alarm.ended_s) for one in summary.monitors for alarm in one.alarms}


def test_the_report_repeats_what_was_said_live(dark: Simulated) -> None:
    """To the second, with its end; and again from the sealed folder."""
    assert {"p99_latency", "decline_rate", "wrongful_no_credit"} <= {name for name, _, _ in told_live(dark)}
    assert told_live(dark) == told_later(dark.result.summary)
    assert told_later(conclude(dark.folder, pages=False)) == told_live(dark)


def test_it_was_said_while_the_fault_was_on(dark: Simulated) -> None:
    """In virtual seconds, when the answers were kept, and before the load ended; whoever listens hears it in order."""
    alarms = [mark for mark in dark.heard if isinstance(mark, AlarmMark)]
    assert alarms == [mark for mark in read_marks(dark.folder) if isinstance(mark, AlarmMark)]
    declines = next(mark for mark in alarms if mark.monitor == "decline_rate")
    assert 20.0 < declines.raised_s <= declines.t_s <= declines.raised_s + 1.0 < 28.0
    assert [mark.t_s for mark in dark.heard] == sorted(mark.t_s for mark in dark.heard)


def test_an_alarm_ends_the_run_in_order(aborted: Simulated, dark: Simulated) -> None:
    """Drained, sealed, reported, exit code 5; the fault is taken off, and nobody asks any more."""
    assert (aborted.result.how, aborted.result.exit_code) == (Ending.STOPPED, ExitCode.STOPPED)
    assert aborted.result.exit_code == 5
    [stop] = [mark for mark in aborted.heard if isinstance(mark, StopRequested)]
    assert (stop.monitor, stop.reason) == ("decline_rate", "decline_rate raised its alarm at 23 s")
    assert aborted.result.message == f"the run was ended, because {stop.reason}"
    assert Manifest.read(aborted.folder).ended.how is Ending.STOPPED
    summary, whole = aborted.result.summary, dark.result.summary
    assert summary is not None
    assert whole is not None
    assert summary.answers < whole.answers
    assert [doubt.text for doubt in summary.honesty.doubts if "was stopped by an alarm" in doubt.text]
    assert {mark.name for mark in aborted.heard} >= {"fault_cleared", "load_finished", "run_ended"}


@pytest.mark.storm
def test_an_alarm_ends_a_live_run_too(tmp_path: Path) -> None:
    """The command, with real processes: exit code 5, the alarm on the screen and in the marks, everything kept."""
    short = ("load.arrivals=[{for: 60s, rate: 20/s}]", "load.warm_up=1s", "client.timeout=900ms", "thresholds={}")
    dark = ("system.deadline=800ms", "faults=[{kind: blackhole, target: bureau, at: 7s, for: 50s}]")
    sets = (word for one in (*short, *dark) for word in ("--set", one))
    done = run_once("calm", "--policy", "fail-closed", *sets, "--abort-on-alarm", "decline_rate", out=tmp_path / "run")
    assert done.exit_code == ExitCode.STOPPED, done.err
    [raised] = [
        one for one in read_marks(done.folder) if isinstance(one, AlarmRaised) and one.monitor == "decline_rate"
    ]
    assert f"decline_rate raised its alarm at {raised.raised_s:g} s" in done.out + done.err
    assert 7.0 < raised.raised_s < 50.0
    ended = Manifest.read(done.folder).ended
    assert ended.how is Ending.STOPPED
    assert done.answers.num_rows > 20 * 7 * 0.8
    assert done.folder.summary.exists()


def test_the_others_end_nothing(tmp_path: Path) -> None:
    """HTTP errors never rise here; with no monitors nothing is said at all."""
    quiet = simulated(tmp_path / "quiet", small_scenario("monitors=[]"))
    assert quiet.result.how is Ending.COMPLETED
    assert not [mark for mark in quiet.heard if isinstance(mark, AlarmMark)]


def test_rows_are_read_while_they_are_written(tmp_path: Path) -> None:
    """Each batch once; of one that is half there nothing, until it is whole."""
    path = tmp_path / "x.arrows"
    with LiveWriter(path, pa.schema([("a", pa.int64()), ("b", pa.string())])) as writer:
        writer.write([(1, "x"), (2, "y")])
        begun = path.read_bytes()
        writer.write([(3, "z")])
    whole, half = path.read_bytes(), tmp_path / "half.arrows"
    tail = StreamTail(half)
    seen = []
    for length in (3, len(begun) - 20, len(begun), len(begun) + 9, len(begun) + 300, len(whole), len(whole)):
        half.write_bytes(whole[:length])
        seen.append([batch.to_pydict()["a"] for batch in tail.batches(["a"])])
    assert [batch for batches in seen for batch in batches] == [[1, 2], [3]]
    assert seen[2] == [[1, 2]]
