"""What a child process cost, from the operating system's own accounting of the finished process."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parents[2]
GATE = (0, 1, 3)
"""Passed, failed, inconclusive: whatever was measured, it was measured to the end."""
PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True)
class Cost:
    """A finished process with the children it waited for."""

    exit_code: int
    wall_s: float
    cpu_s: float
    peak_mb: float


def cost_of(command: Sequence[str], env: dict[str, str] | None = None) -> Cost:
    """Run a command to its end; RuntimeError, with what it said, where that is not the end of a gate."""
    began = time.monotonic()
    with TemporaryFile("w+") as said:
        child = subprocess.Popen(
            list(command), cwd=ROOT, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL, stderr=said
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in GATE:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}: exit code {child.returncode}\n{said.read()}")
    return Cost(child.returncode, wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


@contextmanager
def serving(command: Sequence[str], env: dict[str, str] | None = None) -> Iterator[str]:
    """A server that prints its port on its first line; yields its base URL and ends it afterwards."""
    server = subprocess.Popen(
        list(command), cwd=ROOT, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None  # noqa: S101
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    finally:
        server.terminate()
        server.wait()
