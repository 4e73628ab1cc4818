"""A load that was stopped for real, and one that was not."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from creditstorm.analysis.trust import DoubtKind
from tests.storm.harness import Done, Running, doubts, scenario, sound, stopped

pytestmark = pytest.mark.storm


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
    assert not doubts(done, DoubtKind.CLOCK)
    assert done.exit_code == 1, done.out + done.err
    assert done.out.splitlines()[1].startswith("FAIL · in doubt")


def test_an_undisturbed_storm_has_the_window_it_asked_for(blackout: Done) -> None:
    """No window, no clock and no missed fault is in doubt where nobody stopped anything."""
    sound(blackout)
    kinds = (DoubtKind.WINDOW, DoubtKind.CLOCK, DoubtKind.FAULT)
    assert [said for kind in kinds for said in doubts(blackout, kind)] == []
