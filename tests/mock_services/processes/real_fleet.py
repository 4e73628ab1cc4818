"""The real fleet under test: a process, its lines, and what the outside sees of its children."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psutil

QUICK = {"p50_s": 0.002, "p99_s": 0.004, "stall_share": 0.0, "missing_rate": 0.0}
TOKEN = "0123456789abcdef"  # noqa: S105 - of these tests only
USUAL = (sys.executable, "-m", "mock_services")
_WAITS_LONG = """
from mock_services.processes import serving, supervisor
assignment = supervisor.Supervisor(0, 1, stop_within_s=3600.0).run()
if assignment:
    serving.become(assignment)
"""
PATIENT = (sys.executable, "-c", _WAITS_LONG)
"""A fleet that gives its children an hour to end."""


@dataclass
class Fleet:
    """A fleet process and the lines to it."""

    process: subprocess.Popen[str]
    logs: Path

    def tell(self, **order: object) -> None:
        """One order, as it is."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def order(self, service: str, **settings: object) -> None:
        self.tell(start=service, settings=settings, log=str(self.logs / f"{service}.log"))

    def start_controlled(self, service: str, **more: object) -> dict[str, Any]:
        """A service with a control port whose token is TOKEN."""
        log = str(self.logs / f"{service}.log")
        self.tell(**{"start": service, "settings": {"profile": QUICK}, "log": log, "control_token": TOKEN} | more)
        return self.event()

    def event(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def start(self, service: str, **settings: object) -> dict[str, Any]:
        self.order(service, **settings)
        return self.event()

    def close_stdin(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()


@contextmanager
def fleet(logs: Path, command: tuple[str, ...] = USUAL) -> Iterator[Fleet]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Fleet(process, logs)
        finally:
            process.kill()


def ask(
    port: int, method: str, path: str, body: object = None, *, token: str | None = TOKEN
) -> tuple[int, Any, dict[str, str]]:
    """Status, parsed body (bytes where it is no JSON) and headers of one request."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, raw, headers)
        reply = connection.getresponse()
        answered = reply.read()
    finally:
        connection.close()
    with contextlib.suppress(ValueError):
        return reply.status, json.loads(answered), dict(reply.headers)
    return reply.status, answered, dict(reply.headers)


def post(port: int, path: str, body: dict[str, object]) -> Any:
    request = Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as reply:  # noqa: S310
        return json.loads(reply.read())


def soon(condition: Callable[[], bool], within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(*ready: dict[str, Any]) -> bool:
    return not any(runs(event["pid"]) or is_open(event["port"]) for event in ready)
