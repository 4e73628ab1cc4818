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
from creditstorm.strain import LagLog
from mock_services import decision, scoring, source
from mock_services.processes.control_port import faults_of, with_control
from mock_services.processes.hidden_path import below
from mock_services.processes.supervisor import Assignment, ControlDoor
from mock_services.settings import Settings
from mock_services.workers.background import BROKE

KEEP_ALIVE_S: Final = 75
STOP_WITHIN_S: Final = 1
BACKLOG: Final = 2048
TICK_S: Final = 0.1
"""How often uvicorn looks whether it should end."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Who is let in: where faults are switched on and off, and below which path anybody else asks."""

    control: ControlDoor | None = None
    path: str = field(default="", repr=False)


EVERYBODY: Final = Doors()


class _Announcing(uvicorn.Server):
    """Says that the service answers as soon as it does, and notes how late it comes round."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], lag: Path | None = None) -> None:
        super().__init__(config)
        self._ready = ready
        self._lag_path = lag
        self._lag: LagLog | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(self._handle)
        await super().startup(sockets)
        # Opened before it is ready, while there are files left to open.
        self._lag = LagLog(self._lag_path, TICK_S) if self._lag_path else None
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Notes how late the loop comes round, on a timer that uvicorn has anyway."""
        if self._lag is not None:
            self._lag.tick()
        return await super().on_tick(counter)

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
    lag = Path(order.lag) if order.lag else None
    doors = Doors(assignment.control, order.path)
    serve(settings, assignment.listener, lambda: _say_ready(assignment.ready_pipe), doors, lag=lag)


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


def serve(
    settings: Settings,
    listener: socket.socket,
    ready: Callable[[], None],
    doors: Doors = EVERYBODY,
    *,
    lag: Path | None = None,
) -> None:
    """Serve until SIGTERM; calls `ready` once, when requests are answered, at the control port too if there is one.

    How late it comes round is noted in the file `lag`, where one is named.
    """
    listeners = [listener] if doors.control is None else [listener, doors.control.listener]
    _Announcing(_config(_behind(doors, app_of(settings))), ready, lag).run(sockets=listeners)


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
