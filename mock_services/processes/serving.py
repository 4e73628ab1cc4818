"""What a forked child does: tie itself to its parent, write to its own log, run one service on a socket already bound.

The fleet imports it once, before it forks.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from creditstorm.lifeline import die_with_parent
from creditstorm.record.files import PRIVATE_FILE
from mock_services import decision, scoring, source
from mock_services.processes.control_port import faults_of, with_control
from mock_services.processes.hidden_path import below
from mock_services.processes.supervisor import Assignment, ControlDoor
from mock_services.settings import Settings
from mock_services.workers.background import BROKE

KEEP_ALIVE_S: Final = 75
STOP_WITHIN_S: Final = 1
BACKLOG: Final = 2048


class _Announcing(uvicorn.Server):
    """Says that the service answers as soon as it does."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(self._handle)
        await super().startup(sockets)
        self._ready()

    def _handle(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log what broke; a service whose work beside the requests broke ends at once, or nobody would know."""
        loop.default_exception_handler(context)
        if context["message"] == BROKE:
            sys.stderr.flush()
            os._exit(1)


def become(assignment: Assignment) -> None:
    """Serve what the order says until SIGTERM; a failure ends up, with its traceback, in the log."""
    os.setsid()
    die_with_parent(assignment.parent_pid)
    order = assignment.order
    _redirect(Path(order.log))
    settings = Settings.model_validate(order.settings | {"service": order.service})
    doors = Doors(assignment.control, order.path)
    serve(settings, assignment.listener, lambda: _say_ready(assignment.ready_pipe), doors)


def _redirect(log: Path) -> None:
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    for stream in (sys.stdout, sys.stderr):
        os.dup2(written, stream.fileno())
    os.close(written)
    os.close(nothing)


def _say_ready(pipe: int) -> None:
    os.write(pipe, b"1")
    os.close(pipe)


def app_of(settings: Settings) -> FastAPI:
    """The app that the settings ask for."""
    if settings.service == "decision":
        return decision.create_app(settings)
    return scoring.create_app(settings) if settings.service == "scoring" else source.create_app(settings)


@dataclass(frozen=True, slots=True)
class Doors:
    """Who is let in: where faults are switched on and off, and below which path anybody else asks."""

    control: ControlDoor | None = None
    path: str = field(default="", repr=False)


EVERYBODY: Final = Doors()


def serve(settings: Settings, listener: socket.socket, ready: Callable[[], None], doors: Doors = EVERYBODY) -> None:
    """Serve until SIGTERM; calls `ready` once, when requests are answered, at the control port too if there is one."""
    listeners = [listener] if doors.control is None else [listener, doors.control.listener]
    _Announcing(_config(_behind(doors, app_of(settings))), ready).run(sockets=listeners)


def _behind(doors: Doors, app: FastAPI) -> ASGIApp:
    front = below(doors.path, app) if doors.path else app
    if doors.control is None:
        return front
    port = doors.control.listener.getsockname()[1]
    return with_control(front, faults_of(app), port=port, token=doors.control.token)


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        interface="asgi3",
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_WITHIN_S,
        backlog=BACKLOG,
    )
