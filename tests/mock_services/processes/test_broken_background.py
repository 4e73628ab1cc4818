"""A service whose work beside the requests breaks ends at once: whoever started it is told, and its log says why."""

from __future__ import annotations

import subprocess
import sys

SERVICE = """
import socket

from mock_services.processes import serving
from mock_services.workers.background import Background


class Broken(Background):
    async def run(self):
        raise ValueError("odd")


async def app(scope, receive, send):
    await receive()
    async with Broken():
        await send({"type": "lifespan.startup.complete"})
        await receive()


listener = socket.create_server(("127.0.0.1", 0))
serving._Announcing(serving._config(app), lambda: None).run(sockets=[listener])
"""


def test_it_does_not_go_on_as_if_nothing_had_happened() -> None:
    """It ends as no end that was asked for does, with the traceback in its log."""
    done = subprocess.run([sys.executable, "-c", SERVICE], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "work beside the requests broke" in done.stderr
    assert "ValueError: odd" in done.stderr
