"""The slope that a soak prints is that of the process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from benchmarks.soak import Watched, found


def watched(*held: float, every_s: float = 5.0) -> Watched:
    seconds = [every_s * n for n in range(len(held))]
    return Watched(psutil.Process(), seconds, list(held))


def test_the_slope_is_that_of_what_has_settled() -> None:
    """Half a MiB every five seconds is six a minute; what was before does not count, nor the sealing after the load."""
    one = watched(90.0, 10.0, 10.5, 11.0, 11.5, 400.0)
    assert one.growth(5.0, 20.0) == pytest.approx(6.0)
    assert watched(10.0, 10.0, 10.0).growth(0.0, 60.0) == pytest.approx(0.0)
    assert watched(10.0, 11.0).growth(0.0, 60.0) is None
    assert watched(10.0, 11.0, 12.0).growth(0.0, 5.0) is None
    assert (one.held_at(6.0), one.held_at(60.0)) == (10.5, None)


def test_a_process_that_has_ended_is_left_as_it_was() -> None:
    """No figure is made up for it."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        one = Watched(psutil.Process(process.pid))
    one.look(1.0)
    assert one.held == []


def test_processes_have_the_names_of_the_journal(tmp_path: Path) -> None:
    """Services by their marks, workers by their files; who is no child of the harness is nobody's."""
    assert list(found(os.getpid(), tmp_path)) == []
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        marks = [{"event": "service_ready", "service": "bureau", "pid": child.pid}]
        marks += [{"event": "service_ready", "service": "gone", "pid": 1}, {"event": "load_started"}]
        (tmp_path / "marks.jsonl").write_text("".join(json.dumps(mark) + "\n" for mark in marks))
        (tmp_path / "live").mkdir()
        (tmp_path / "live" / "worker-0.ready").write_text(json.dumps({"planned": 1, "pid": child.pid}))
        assert [(name, one.pid) for name, one in found(os.getpid(), tmp_path)] == [
            ("bureau", child.pid),
            ("load worker-0", child.pid),
        ]
        child.kill()
