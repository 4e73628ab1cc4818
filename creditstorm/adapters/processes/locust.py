"""The load: Locust as a child process, spoken to through small files in the run folder."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.processes.child import Child, last_lines, spawn
from creditstorm.adapters.processes.sampler import Sampler
from creditstorm.engine.events import ChildDied, Event, LoadFinished, Progress
from creditstorm.errors import HarnessError
from creditstorm.record.files import read_json_object, replace_json
from creditstorm.record.folder import LiveFolder

READY_WITHIN_S: Final = 40.0
POLL_S: Final = 0.1
NOBODY: Final = "http://127.0.0.1:0"
"""Locust wants a host when it starts; the true one is known, and named, when time begins."""
LEAD_S: Final = 0.15
"""Instant 0 lies this far ahead, so that every worker has read it before the first arrival is due."""


def _locustfile(journey: str) -> str:
    """The path of a shipped locustfile; looked up, never imported, because locust patches the process."""
    spec = find_spec("locustfiles")
    if spec is None or not spec.submodule_search_locations:
        raise HarnessError("the package locustfiles is not installed; install creditstorm again")
    return str(Path(spec.submodule_search_locations[0]) / f"{journey}.py")


@dataclass
class LocustLoad:
    """One Locust process, or a master with `processes` workers."""

    url: Callable[[], str]
    orders: Mapping[str, object]
    live: Path
    log: Path
    processes: int
    clock: RunClock
    sampler: Sampler
    post: Callable[[Event], None]
    _child: Child | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def _files(self) -> LiveFolder:
        return LiveFolder(self.live)

    @property
    def dead_workers(self) -> tuple[int, ...]:
        """Workers that never said they were done."""
        return tuple(i for i in range(self.processes) if not self._files.done(i).exists())

    def launch(self) -> None:
        """Start Locust; it is told whom to ask only when time begins."""
        self.live.mkdir(parents=True, exist_ok=True)
        start_file = self.live / "start.json"
        orders = {**self.orders, "live_dir": str(self.live), "start_file": str(start_file)}
        replace_json(self.live / "load.json", orders)
        self._child = spawn(
            "locust", self._command(), log=self.log, env={"CREDITSTORM_LOAD": str(self.live / "load.json")}
        )
        self.sampler.watch("locust", self._child.process.pid)

    def prepare(self) -> int:
        """The planned first attempts, once every worker is ready to send."""
        ready = [self._await_worker(index) for index in range(self.processes)]
        return sum(int(str(worker["planned"])) for worker in ready)

    def release(self) -> None:
        """Set instant 0 a moment ahead and watch the load from now on."""
        zero = time.monotonic() + LEAD_S
        self.clock.start(zero)
        replace_json(self.live / "start.json", {"t0_monotonic": zero, "host": self.url()})
        threading.Thread(target=self._watch, daemon=True).start()

    def drain(self) -> None:
        """Intend nothing more; Locust keeps what comes back within its drain time."""
        if self._child is not None:
            self._child.process.terminate()

    def stop(self) -> None:
        """End Locust and its workers."""
        self._stopping.set()
        if self._child is not None:
            self._child.stop()

    def _command(self) -> list[str]:
        users = str(self.processes)
        command = [sys.executable, "-m", "locust", "-f", _locustfile("credit_check"), "--headless", "-H", NOBODY]
        command += ["-u", users, "-r", users, "--skip-log-setup", "--only-summary"]
        return command if self.processes == 1 else [*command, "--processes", str(self.processes)]

    def _await_worker(self, index: int) -> Mapping[str, object]:
        deadline = time.monotonic() + READY_WITHIN_S
        while (ready := read_json_object(self._files.ready(index))) is None:
            if self._child is None or self._child.process.poll() is not None or time.monotonic() > deadline:
                log = "\n  ".join(last_lines(self.log))
                raise HarnessError(f"the load generator did not get ready; its last log lines:\n  {log}")
            time.sleep(0.02)
        return ready

    def _watch(self) -> None:
        assert self._child is not None  # noqa: S101 - launch() comes first
        while (exit_code := self._child.process.poll()) is None and not self._all_rows_kept():
            self._stopping.wait(POLL_S)
            self._report_progress()
        if self._stopping.is_set():
            return
        self._report_progress()
        if exit_code:
            lines = last_lines(self.log)
            self.post(ChildDied(t_s=self.clock.now_s(), child="locust", exit_code=exit_code, last_lines=lines))
        else:
            self.post(LoadFinished(t_s=self.clock.now_s()))

    def _all_rows_kept(self) -> bool:
        """Whether every worker has said that it is done and nothing broke: nobody waits for Locust's own goodbye."""
        done = [read_json_object(self._files.done(index)) for index in range(self.processes)]
        return all(said is not None and said["failure"] is None for said in done)

    def _report_progress(self) -> None:
        parts = [p for i in range(self.processes) if (p := read_json_object(self._files.progress(i)))]
        if parts:
            words = {k: sum(int(str(p[k])) for p in parts) for k in ("intended", "answered", "wrongful", "in_flight")}
            self.post(Progress(t_s=self.clock.now_s(), **words))
