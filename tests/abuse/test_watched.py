"""A part of a live run that is stopped or killed is named, and what was recorded is kept."""

from __future__ import annotations

import random
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest
from creditstorm.adapters.probing.loopback import free_ports
from creditstorm.adapters.toxiproxy.server import BIN, NAME
from tests.redis_server import redis_server
from tests.storm.harness import PLAIN_RUN, RUN, Done, Running, gone, scenario, until

pytestmark = [pytest.mark.storm, pytest.mark.timeout(300)]
LONG = {"arrivals": [{"for": "60s", "rate": "20/s"}], "warm_up": "1s"}
CLOSED = {"users": {"count": 6, "for": "60s", "think": "1s"}, "warm_up": "1s"}
ENOUGH = 20
"""Answers, that there is something to keep."""


def ended(running: Running, part: str, state: str) -> Done:
    """The run is over long before its load, as an error of the harness that names the part."""
    done = running.finish()
    assert done.exit_code == 4, done.out + done.err
    assert f"the run was ended, because {part} {state}" in done.err
    assert "Traceback" not in done.err
    assert done.answers.num_rows >= ENOUGH
    assert done.summary["verdict"] != "pass"
    assert max(row[0] for row in done.first_attempts()) < 40.0
    assert gone(running.tree)
    return done


def stormed(
    folder: Path,
    *words: str,
    load: dict[str, object],
    system: dict[str, object] | None = None,
    command: Sequence[str] = PLAIN_RUN,
) -> Running:
    """A run with some answers written, and its process tree noted; one that draws nothing but where it is asked to."""
    more = {"system": system} if system else {}
    path = scenario(folder, load=load, faults=[], thresholds={}, **more)
    running = Running(str(path), *words, out=folder / "run", command=command)
    running.await_mark("load_started")
    running.await_answers(ENOUGH)
    return running


def generators(running: Running) -> list[psutil.Process]:
    """Locust and its workers, the oldest first."""
    return [process for process in running.tree if "creditstorm.generator" in " ".join(process.cmdline())]


@pytest.mark.parametrize("victim", ["locust", "toxiproxy", "decision"])
def test_a_part_that_stands_still_ends_the_run(tmp_path: Path, victim: str) -> None:
    """Also one that everything waits for; it does not go on for ever."""
    with stormed(tmp_path, load=LONG) as running:
        process = generators(running)[0] if victim == "locust" else running.child(victim)
        process.send_signal(signal.SIGSTOP)
        ended(running, victim, "is stopped (SIGSTOP)")


def test_one_of_two_workers_of_a_closed_load_that_stands_still_ends_the_run(tmp_path: Path) -> None:
    """Its people would just not come, and nobody plans how many do."""
    with stormed(tmp_path, "--processes", "2", load=CLOSED) as running:
        master = generators(running)[0]
        worker = next(process for process in generators(running) if process.ppid() == master.pid)
        worker.send_signal(signal.SIGSTOP)
        ended(running, "locust worker", "")


@pytest.fixture
def borrowed(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """Somebody else's Toxiproxy server."""
    port = next(free_ports(random.Random(7)))
    with subprocess.Popen(
        [str(BIN / NAME), "-port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        monkeypatch.setenv("CREDITSTORM_TOXIPROXY", f"http://127.0.0.1:{port}")
        until(lambda: any(c.laddr.port == port for c in psutil.Process(server.pid).net_connections("tcp")), "Toxiproxy")
        yield server
        server.kill()


def test_a_borrowed_toxiproxy_that_stands_still_ends_the_run(tmp_path: Path, borrowed: subprocess.Popen[bytes]) -> None:
    """Nobody is its parent, so its answers are all there is; and the lender is not blamed."""
    with stormed(tmp_path, load=LONG) as running:
        borrowed.send_signal(signal.SIGSTOP)
        done = running.finish()
    assert done.exit_code == 4, done.out + done.err
    assert "because the Toxiproxy server at http://127.0.0.1:" in done.err
    assert "does not answer" in done.err
    assert done.answers.num_rows >= ENOUGH


def test_a_store_that_is_killed_ends_the_run(tmp_path: Path) -> None:
    """It is somebody else's; a fault of the scenario only stands between it and the lender."""
    with redis_server() as port:
        missing = {"kind": "last_known_good", "store": f"redis://127.0.0.1:{port}/2"}
        policy = {"preset": "last-known-good", "name": "last-known-good-far", "missing": missing}
        with stormed(tmp_path, load=LONG, system={"kind": "reference", "policy": policy}) as running:
            [server] = {c.pid for c in psutil.net_connections("tcp") if c.laddr.port == port and c.status == "LISTEN"}
            psutil.Process(server).kill()
            ended(running, f"the store at 127.0.0.1:{port}", "takes no connections")


def test_a_figure_worker_that_stands_still_is_done_without(tmp_path: Path) -> None:
    """All figures are there, the exit code is the gate's, and a line says it."""
    short = {"arrivals": [{"for": "6s", "rate": "20/s"}], "warm_up": "1s"}
    with stormed(tmp_path, load=short, command=RUN) as running:
        [worker] = [process for process in running.tree if "creditstorm.report.figure_worker" in process.cmdline()]
        worker.send_signal(signal.SIGSTOP)
        done = running.finish()
    assert done.exit_code in (0, 3), done.err
    assert "the figure worker gave no answer for 10 s: all figures were drawn without it" in done.err
    assert len(list(done.folder.plots.glob("*.svg"))) > 3
