"""What a forked child does first and last: tie itself to its parent, write to its own log, serve."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from creditstorm.lifeline import die_with_parent
from mock_services.processes.serving import serve
from mock_services.processes.supervisor import Order
from mock_services.settings import Settings


def become(order: Order) -> None:
    """Serve what the order says until SIGTERM; a failure ends up, with its traceback, in the log."""
    os.setsid()
    die_with_parent(order.parent_pid)
    _redirect(Path(order.log))
    settings = Settings.model_validate(order.settings | {"service": order.service})
    serve(settings, order.listener, lambda: _say_ready(order.ready_pipe), order.control)


def _redirect(log: Path) -> None:
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    for stream in (sys.stdout, sys.stderr):
        os.dup2(written, stream.fileno())
    os.close(written)
    os.close(nothing)


def _say_ready(pipe: int) -> None:
    os.write(pipe, b"1")
    os.close(pipe)
