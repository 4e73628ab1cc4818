"""However a run ends, the machine is clean and what was measured is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from tests.storm.harness import PLAIN_RUN, ROOT, RUN, Running, gone, listening, run_once, scenario, until

pytestmark = [pytest.mark.storm, pytest.mark.timeout(300)]

LONG = {"arrivals": [{"for": "40s", "rate": "30/s"}], "warm_up": "1s"}
"""Longer than any machine takes to look at the run; each test ends it."""
SOON = [{"kind": "blackhole", "target": "bureau", "at": "2s", "for": "7s"}]
ENOUGH = 40


@pytest.fixture
def storming(tmp_path: Path) -> Iterator[Running]:
    """A run that draws nothing, inside its fault window."""
    with begun(tmp_path, PLAIN_RUN) as running:
        yield running


@contextmanager
def begun(folder: Path, command: Sequence[str]) -> Iterator[Running]:
    """A run inside its fault window with some answers written, and its process tree noted."""
    with Running(str(scenario(folder, faults=SOON, load=LONG)), out=folder / "run", command=command) as running:
        running.await_mark("fault_effective")
        running.await_answers(ENOUGH)
        assert _words(running) == {"creditstorm.generator", "toxiproxy", "mock_services"}
        yield running


def _words(running: Running) -> set[str]:
    lines = [" ".join(process.cmdline()) for process in running.tree]
    return {
        word for word in ("creditstorm.generator", "toxiproxy", "mock_services") if any(word in line for line in lines)
    }


@pytest.mark.parametrize(
    ("number", "command"), [(signal.SIGINT, RUN), (signal.SIGTERM, PLAIN_RUN), (signal.SIGHUP, PLAIN_RUN)]
)
def test_a_signal_drains_and_keeps_the_results(tmp_path: Path, number: signal.Signals, command: Sequence[str]) -> None:
    """Ctrl-C, SIGTERM or a hang-up, once: exit 130, sealed answers, a report that says it was interrupted, no rest."""
    with begun(tmp_path, command) as storming:
        ports = storming.ports()
        storming.process.send_signal(number)
        done = storming.finish()
    assert done.exit_code == 130
    assert done.answers.num_rows >= ENOUGH
    assert done.summary["verdict"] != "pass"
    assert done.folder.report.exists() == (command is RUN)
    assert gone(storming.tree)
    assert listening(ports) == []


def test_a_second_interrupt_leaves_at_once(storming: Running) -> None:
    """Ctrl-C twice: exit 130 and nothing left running."""
    storming.process.send_signal(signal.SIGINT)
    storming.await_mark("stop_requested")
    storming.process.send_signal(signal.SIGINT)
    done = storming.finish()
    assert done.exit_code == 130
    assert gone(storming.tree)


def test_kill_9_of_the_harness_leaves_nothing_and_loses_little(storming: Running) -> None:
    """SIGKILL: every child dies, every port closes, and `creditstorm report` reads what was recorded."""
    ports = storming.ports()
    assert len(ports) >= 16  # eight services, seven proxies, Toxiproxy's API
    os.kill(storming.process.pid, signal.SIGKILL)
    storming.process.wait()
    until(lambda: gone(storming.tree), "the children to die with their parent")
    assert listening(ports) == []
    command = [sys.executable, "-m", "creditstorm", "report", str(storming.folder.root)]
    reported = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert reported.returncode in (1, 3), reported.stderr
    assert "was cut off" in storming.folder.report.read_text()


@pytest.mark.parametrize("victim", ["income", "decision", "toxiproxy"])
def test_a_process_that_dies_ends_the_run_as_a_harness_error(storming: Running, victim: str) -> None:
    """Exit 4 that names the dead process; the results so far are kept and nothing is left."""
    storming.child(victim).kill()
    done = storming.finish()
    assert done.exit_code == 4
    assert f"{victim} died during the run (killed by SIGKILL: by hand, or " in done.err
    assert done.answers.num_rows >= ENOUGH
    assert done.summary["verdict"] != "pass"
    assert gone(storming.tree)


def test_a_dead_load_generator_ends_the_run_as_a_harness_error(storming: Running) -> None:
    """Locust killed: exit 4 with its name."""
    locust = next(p for p in storming.tree if "creditstorm.generator" in p.cmdline())
    locust.kill()
    done = storming.finish()
    assert done.exit_code == 4
    assert "locust died during the run" in done.err


def test_a_dead_load_worker_is_inconclusive_or_failed_never_passed(tmp_path: Path) -> None:
    """One of two workers killed: the run says which, and cannot pass."""
    calm = str(scenario(tmp_path, faults=[], thresholds={}))
    with Running(calm, "--processes", "2", out=tmp_path / "run", command=PLAIN_RUN) as running:
        running.await_mark("load_started")
        running.await_answers()
        master = next(p for p in running.tree if "creditstorm.generator" in p.cmdline())
        psutil.Process(master.pid).children()[0].kill()
        done = running.finish()
    assert done.exit_code in (3, 4)
    assert done.summary["verdict"] != "pass"
    assert gone(running.tree)


def test_two_runs_side_by_side_do_not_collide(tmp_path: Path) -> None:
    """Two runs at the same time both complete, each with its own people answered."""
    calm = {"faults": [], "thresholds": {}, "load": {"arrivals": [{"for": "4s", "rate": "15/s"}]}}
    with Running(str(scenario(tmp_path, "first", **calm)), out=tmp_path / "one", command=PLAIN_RUN) as first:
        second = run_once(str(scenario(tmp_path, "second", **calm)), out=tmp_path / "two")
        both = (first.finish(), second)
    assert [done.summary["honesty"]["planned"] > 30 for done in both] == [True, True]
    assert [done.exit_code in (0, 3) for done in both] == [True, True]
