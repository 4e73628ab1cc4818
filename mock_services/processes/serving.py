"""Runs one service on a socket that is already bound; imported once by the fleet, before it forks."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from mock_services import decision, scoring, source
from mock_services.processes.control_port import faults_of, with_control
from mock_services.processes.supervisor import ControlDoor
from mock_services.settings import Settings

KEEP_ALIVE_S: Final = 75
STOP_WITHIN_S: Final = 1
BACKLOG: Final = 2048


class _Announcing(uvicorn.Server):
    """Says that the service answers as soon as it does."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def app_of(settings: Settings) -> FastAPI:
    """The app that the settings ask for."""
    if settings.service == "decision":
        return decision.create_app(settings)
    return scoring.create_app(settings) if settings.service == "scoring" else source.create_app(settings)


def serve(
    settings: Settings, listener: socket.socket, ready: Callable[[], None], control: ControlDoor | None = None
) -> None:
    """Serve until SIGTERM; calls `ready` once, when requests are answered, at the control port too if there is one."""
    listeners = [listener] if control is None else [listener, control.listener]
    _Announcing(_config(_behind(control, app_of(settings))), ready).run(sockets=listeners)


def _behind(control: ControlDoor | None, app: FastAPI) -> ASGIApp:
    if control is None:
        return app
    return with_control(app, faults_of(app), port=control.listener.getsockname()[1], token=control.token)


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
