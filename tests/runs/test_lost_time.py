"""A harness, or its load, that was stopped for real: the run goes on, and says what was not as it was asked for."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from creditstorm.analysis.trust import DoubtKind
from creditstorm.record.mark_journal import read_marks
from creditstorm.record.marks import FaultMissed, HarnessStalled
from tests.storm.harness import PLAIN_RUN, Running, doubts, scenario, stopped

pytestmark = pytest.mark.timeout(300)

SHORT_FAULT = {"faults": [{"kind": "blackhole", "target": "bureau", "at": "4s", "for": "3s"}]}


def test_a_fault_that_fell_into_a_stop_is_missed(tmp_path: Path) -> None:
    """Stopped for 8 s from the first second on, the harness does not begin a fault whose end is past."""
    with Running(str(scenario(tmp_path, **SHORT_FAULT)), out=tmp_path / "run", command=PLAIN_RUN) as running:
        running.await_mark("load_started")
        stopped(psutil.Process(running.process.pid), 8.0)
        done = running.finish()
    marks = read_marks(done.folder)
    assert [mark.fault for mark in marks if isinstance(mark, FaultMissed)] == ["bureau"]
    assert sum(mark.seconds for mark in marks if isinstance(mark, HarnessStalled)) > 7.0
    assert "fault_applied" not in [mark.name for mark in marks]
    assert "was never applied where 4.0–7.0 s were asked for: the harness came" in doubts(done, DoubtKind.FAULT)[0]
    assert doubts(done, DoubtKind.CLOCK)
    assert done.exit_code == 3, done.out + done.err


def test_a_fault_that_a_stop_made_longer_is_in_doubt(tmp_path: Path) -> None:
    """Stopped for 5 s while a fault of 3 s is on, the harness takes it off late, and says so with both windows."""
    with Running(str(scenario(tmp_path, **SHORT_FAULT)), out=tmp_path / "run", command=PLAIN_RUN) as running:
        running.await_mark("fault_effective")
        stopped(psutil.Process(running.process.pid), 5.0)
        done = running.finish()
    [said] = doubts(done, DoubtKind.WINDOW)
    assert said.startswith("blackhole on bureau (bureau) was on 4.")
    assert said.endswith("where 4.0–7.0 s were asked for")
    assert doubts(done, DoubtKind.CLOCK)
    assert done.exit_code == 3, done.out + done.err


def test_a_load_that_stood_still_is_late(tmp_path: Path) -> None:
    """The only load worker is stopped for 1 s of 10: a doubt, which leaves only what the dark bureau explains."""
    load = {"arrivals": [{"for": "10s", "rate": "12/s"}], "warm_up": "1s"}
    with Running(str(scenario(tmp_path, load=load)), out=tmp_path / "run") as running:
        running.await_answers(30)
        tree = psutil.Process(running.process.pid).children(recursive=True)
        [worker] = [process for process in tree if "creditstorm.generator" in process.cmdline()]
        stopped(worker, 1.0)
        done = running.finish()
    assert "the load was sent late" in doubts(done, DoubtKind.LATE)[0]
    assert done.exit_code == 1, done.out + done.err
    assert done.out.splitlines()[1].startswith("FAIL · in doubt")
