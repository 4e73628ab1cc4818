"""A Redis on loopback for the tests: the real server where there is one, else fakeredis in a process of its own."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from fakeredis import TcpFakeServer

UP_WITHIN_S = 20.0


@contextlib.contextmanager
def redis_server() -> Iterator[int]:
    """The port on which it answers."""
    port = _free_port()
    with subprocess.Popen(_command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _await(port)
            yield port
        finally:
            process.kill()


def _command(port: int) -> list[str]:
    real = shutil.which("redis-server")
    if real is None:
        return [sys.executable, str(Path(__file__)), str(port)]
    return [real, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])


def _await(port: int) -> None:
    deadline = time.monotonic() + UP_WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            assert time.monotonic() < deadline, "no Redis came up"
            time.sleep(0.02)
        else:
            return


if __name__ == "__main__":
    server = TcpFakeServer(("127.0.0.1", int(sys.argv[1])))
    server.daemon_threads = True
    server.serve_forever()
