"""A real Locust against the stub lender, steered with the files the harness uses."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from creditstorm.adapters.probing.loopback import free_ports
from creditstorm.record.files import read_json_object, replace_json
from creditstorm.record.folder import LiveFolder, RunFolder

REPO = Path(__file__).parents[2]
PATIENCE_S = 90.0


@contextmanager
def stub_lender(kind: str = "mixed") -> Iterator[str]:
    """The URL of a running stub."""
    command = [sys.executable, "-m", "tests.generator.stub_lender", kind]
    with subprocess.Popen(command, cwd=REPO, stdout=subprocess.PIPE, text=True) as stub:
        assert stub.stdout is not None
        yield f"http://127.0.0.1:{stub.stdout.readline().strip()}"
        stub.kill()


@dataclass
class Storming:
    """A Locust of `workers` processes (1: without a master) that waits for `start`."""

    folder: RunFolder
    workers: int
    process: subprocess.Popen[str]

    @property
    def live(self) -> LiveFolder:
        """Where its workers say things."""
        return LiveFolder(self.folder.live)

    def start(self) -> None:
        """Wait until every worker is ready, then set instant 0."""
        for worker in range(self.workers):
            self.wait_for(lambda worker=worker: self.live.ready(worker).exists())
        replace_json(self.folder.live / "start.json", {"t0_monotonic": time.monotonic()})

    def pids(self) -> list[int]:
        """Of the workers, as they say themselves."""
        return [int(str((read_json_object(self.live.ready(w)) or {})["pid"])) for w in range(self.workers)]

    def progress(self, worker: int) -> dict[str, object]:
        """The figures a worker said last; empty before the first."""
        return read_json_object(self.live.progress(worker)) or {}

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds; fails when Locust ends before or it takes too long."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, "waited too long"
            time.sleep(0.02)

    def output(self) -> str:
        """All that Locust printed, after its end."""
        return self.process.communicate(timeout=PATIENCE_S)[0]


@contextmanager
def storming(root: Path, url: str, *, workers: int = 1, **orders: object) -> Iterator[Storming]:
    """Locust with a plan of 30 arrivals a second for 3 s, re-taps included, unless `orders` say something else."""
    folder = RunFolder(root)
    folder.live.mkdir(parents=True)
    plan = {
        "seed": 7,
        "population": {"size": 500},
        "arrivals": [{"for_s": 3, "from_hz": 30, "to_hz": 30}],
        "client": {"timeout_s": 1.0},
        "drain_s": 1.0,
        "live_dir": str(folder.live),
        "start_file": str(folder.live / "start.json"),
        **orders,
    }
    given = {key: value for key, value in plan.items() if value is not None}
    (folder.live / "load.json").write_text(json.dumps(given))
    with locust("-H", url, *processes(workers), env={"CREDITSTORM_LOAD": str(folder.live / "load.json")}) as process:
        yield Storming(folder, workers, process)


@contextmanager
def locust(*arguments: str, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """Headless Locust with the shipped locustfile; whatever it leaves running is killed."""
    command = [sys.executable, "-m", "locust", "-f", "locustfiles/credit_check.py", "--headless", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=REPO, env={**os.environ, **(env or {})}, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def processes(workers: int) -> tuple[str, ...]:
    """The options for a number of workers, with a port of their own, because Locust's is the same for everybody."""
    if workers == 1:
        return ()
    port = str(next(free_ports(random.Random())))
    words = ("--processes", str(workers), "--master-bind-host", "127.0.0.1")
    return (*words, "--master-bind-port", port, "--master-port", port)


def gone(pids: list[int]) -> bool:
    """Whether all these processes end, within a while."""
    alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=10.0)[1]
    return not alive
