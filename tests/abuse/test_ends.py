"""Ends of live runs that nobody would wish for: no verdict is invented, no row is lost, nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from creditstorm.record.folder import RunFolder
from creditstorm.record.mark_journal import read_marks
from creditstorm.record.seal import load_answers
from creditstorm.runs.conclude import conclude
from tests.storm.harness import COMMAND, PATIENCE_S, ROOT, Running, gone, scenario, until

pytestmark = [pytest.mark.storm, pytest.mark.timeout(300)]
SHORT = {"load": {"arrivals": [{"for": "4s", "rate": "20/s"}], "warm_up": "1s"}, "faults": [], "thresholds": {}}
PAUSED = {
    "load": {"arrivals": [{"for": "10s", "rate": "20/s"}], "warm_up": "1s"},
    "faults": [{"kind": "pause", "target": "income", "at": "1s", "for": "8s"}],
}


def test_nobody_watches_in_a_place_full_of_settings_that_are_not_ours(tmp_path: Path) -> None:
    """`2>&1 | head -1` on a terminal of ASCII, amid settings of matplotlib that cannot be: the gate's own end."""
    (tmp_path / "matplotlibrc").write_text("backend: nonsense\nno such line\nfont.size: huge\n")
    foreign = {"MPLBACKEND": "module://matplotlib_inline.nowhere", "MPLCONFIGDIR": "/proc/nowhere"}
    folder = RunFolder(tmp_path / "run")
    done = subprocess.run(
        ["bash", "-c", '"$@" 2>&1 | head -1; exit ${PIPESTATUS[0]}', "bash", *COMMAND, "run",
         str(scenario(tmp_path, **SHORT)), "--out", str(folder.root)],
        cwd=tmp_path,
        env={**os.environ, **foreign, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stdout + done.stderr
    assert done.stdout.isascii()
    assert done.stdout.count(b"\n") == 1
    assert load_answers(folder).num_rows > 60
    assert folder.report.is_file()
    assert sorted(folder.plots.glob("*.svg"))


def test_an_interrupt_ends_the_start(tmp_path: Path) -> None:
    """At once, with nothing left and nobody asked; it does not wait for the load to drain it."""
    with Running(str(scenario(tmp_path, **SHORT)), out=tmp_path / "run") as running:
        until(running.folder.manifest.exists, "the manifest")
        until(lambda: len(psutil.Process(running.process.pid).children()) > 1, "a child or two")
        running.tree = psutil.Process(running.process.pid).children(recursive=True)
        running.process.send_signal(signal.SIGINT)
        done = running.finish()
    assert done.exit_code == 130, done.err
    assert "SIGINT while everything started: nobody was asked" in done.err
    assert "Traceback" not in done.err
    assert gone(running.tree)
    assert not running.folder.answers.exists()


def test_what_interrupts_sealing_leaves_a_folder_that_report_finishes(tmp_path: Path) -> None:
    """SIGTERM when the load is over and nothing is sealed: every row is there, and nothing half written."""
    with Running(str(scenario(tmp_path, **SHORT)), out=tmp_path / "run") as running:
        running.await_mark("load_finished")
        until(lambda: "run_ended" in running.folder.marks.read_text(), "the end")
        running.process.send_signal(signal.SIGTERM)
        done = running.finish()
    assert done.exit_code == 130, done.err
    assert "Traceback" not in done.err
    assert not list(done.folder.root.rglob(".*.tmp"))
    assert conclude(done.folder, pages=False).answers > 60


def test_a_run_folder_that_is_removed_ends_the_run(tmp_path: Path) -> None:
    """As an error of the harness, in words, with nothing left running."""
    with Running(str(scenario(tmp_path, load={"arrivals": [{"for": "40s", "rate": "20/s"}]}, faults=[])),
                 out=tmp_path / "run") as running:  # fmt: skip
        running.await_answers(20)
        running.tree = psutil.Process(running.process.pid).children(recursive=True)
        subprocess.run(["rm", "-rf", str(running.folder.root)], check=False)
        done = running.finish()
    assert done.exit_code == 4, done.err
    assert "Traceback" not in done.err
    assert gone(running.tree)


def test_kill_9_of_the_harness_leaves_nothing_paused(tmp_path: Path) -> None:
    """A service that stands still dies with the harness as well."""
    with Running(str(scenario(tmp_path, **{**SHORT, **PAUSED})), out=tmp_path / "run") as running:
        running.await_mark("fault_effective")
        assert running.child("income").status() == psutil.STATUS_STOPPED
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait()
        until(lambda: gone(running.tree), "everything to die, what stood still included")


def test_an_interrupt_while_a_process_stands_still_ends_cleanly(tmp_path: Path) -> None:
    """Ctrl-C: the pause is taken off, answers are kept, nothing is left."""
    with Running(str(scenario(tmp_path, **{**SHORT, **PAUSED})), out=tmp_path / "run") as running:
        running.await_mark("fault_effective")
        running.process.send_signal(signal.SIGINT)
        done = running.finish()
    assert done.exit_code == 130
    assert "income" in [mark.fault for mark in read_marks(done.folder) if mark.name == "fault_cleared"]
    until(lambda: gone(running.tree), "everything to end")
