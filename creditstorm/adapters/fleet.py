"""Drives the mock services: one fleet process that forks one child a service."""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from creditstorm.adapters.children import Child, last_lines, spawn
from creditstorm.adapters.clock import RunClock
from creditstorm.engine.events import ChildDied, Event, ServiceReady
from creditstorm.errors import HarnessError

READY_WITHIN_S: Final = 30.0


@dataclass
class Fleet:
    """The mock services of one run."""

    logs: Path
    clock: RunClock
    post: Callable[[Event], None]
    _child: Child | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)
    _ready: queue.SimpleQueue[ServiceReady | ChildDied] = field(default_factory=queue.SimpleQueue)

    def launch(self) -> None:
        """Start the fleet process; services are started one by one."""
        command = [sys.executable, "-m", "mock_services.fleet"]
        self._child = spawn("fleet", command, log=self.logs / "fleet.log", piped=True)
        threading.Thread(target=self._listen, args=(self._child,), daemon=True).start()

    def start(self, services: Mapping[str, Mapping[str, object]]) -> list[ServiceReady]:
        """Start these services with these settings; returns them in the order in which they answered.

        Raises HarnessError with the last log lines of a service that did not come up.
        """
        assert self._child is not None  # noqa: S101 - launch() comes first
        for service, settings in services.items():
            order = {"start": service, "settings": settings, "log": str(self._log(service))}
            self._child.stdin.write(json.dumps(order) + "\n")
        self._child.stdin.flush()
        return self._await_ready(set(services))

    def stop(self) -> None:
        """End every service; at once, because a service has nothing to put away."""
        self._stopping.set()
        if self._child is not None:
            self._child.kill()

    def _await_ready(self, missing: set[str]) -> list[ServiceReady]:
        ready: list[ServiceReady] = []
        deadline = time.monotonic() + READY_WITHIN_S
        while missing:
            try:
                event = self._ready.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise HarnessError(f"no answer from {', '.join(sorted(missing))} within {READY_WITHIN_S:g} s") from None
            if isinstance(event, ChildDied):
                log = "\n  ".join(event.last_lines)
                raise HarnessError(f"{event.child} ended while starting (exit code {event.exit_code})\n  {log}")
            missing.discard(event.service)
            ready.append(event)
        return ready

    def _listen(self, child: Child) -> None:
        for line in child.stdout:
            said = json.loads(line)
            if said["event"] == "ready":
                words = {"service": said["service"], "pid": said["pid"], "port": said["port"]}
                self._ready.put(ServiceReady(t_s=self.clock.now_s(), **words))
            elif said["event"] == "exited":
                self._died(said["service"], said["exit_code"], self._log(said["service"]))
        self._died("fleet", child.process.wait(), child.log)

    def _died(self, name: str, exit_code: int, log: Path) -> None:
        if not self._stopping.is_set():
            died = ChildDied(t_s=self.clock.now_s(), child=name, exit_code=exit_code, last_lines=last_lines(log))
            self._ready.put(died)
            self.post(died)

    def _log(self, service: str) -> Path:
        return self.logs / f"{service}.log"
