"""The least program that does the same fan-out: six sources and a scorer behind Toxiproxy, asked for each decision.

No policy, no record, no truth, no capacity, no latency: one process a service, as in the mock services.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel
from creditstorm.adapters.toxiproxy.proxies import Proxies
from creditstorm.adapters.toxiproxy.server import start_toxiproxy

SOURCES = ("identity", "repayment", "consumption", "bureau", "income", "social")


class Ask(BaseModel):
    """Who is asked about."""

    applicant: int
    session: int = 0
    attempt: int = 0


def source() -> FastAPI:
    """A source that always knows."""
    app = FastAPI()

    @app.post("/v1/evidence")
    async def evidence(ask: Ask) -> dict[str, object]:
        return {"service": "x", "version": "1", "as_of": 0.0, "record": {"value": ask.applicant % 1000}}

    return app


def scoring() -> FastAPI:
    """A scorer that adds up."""
    app = FastAPI()

    @app.post("/v1/score")
    async def score(request: Request) -> dict[str, object]:
        asked = await request.json()
        return {"mean": float(sum(asked["values"].values())), "sd": 0.0, "version": "1", "as_of": 0.0}

    return app


def decision(urls: dict[str, str]) -> FastAPI:
    """Ask all, then score."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=2.0)) as session:
            app.state.session = session
            yield

    app = FastAPI(lifespan=lifespan)

    async def call(url: str, body: dict[str, object]) -> dict:
        async with app.state.session.post(url, json=body) as answer:
            return await answer.json()

    @app.get("/v1/credit-check")
    async def check() -> dict[str, object]:
        ask = {"applicant": 7, "session": 1, "attempt": 1}
        told = await asyncio.gather(*(call(f"{urls[s]}/v1/evidence", ask) for s in SOURCES))
        values = {s: t["record"]["value"] for s, t in zip(SOURCES, told, strict=True)}
        scored = await call(f"{urls['scoring']}/v1/score", {**ask, "values": values})
        return {"answer": "approved" if scored["mean"] > 0 else "no_credit", "limit_cny": 1000}

    return app


def fork(app: FastAPI, listener: socket.socket) -> int:
    """Serve an app in a child."""
    pid = os.fork()
    if pid == 0:
        config = uvicorn.Config(app, log_level="error", access_log=False)
        uvicorn.Server(config).run(sockets=[listener])
        os._exit(0)
    return pid


def main() -> None:
    """Start everything, print the port of the decision, stop at the end of stdin."""
    listeners = {name: socket.create_server(("127.0.0.1", 0), backlog=2048) for name in (*SOURCES, "scoring")}
    with TemporaryDirectory() as folder:
        toxiproxy = start_toxiproxy(log=Path(folder) / "toxiproxy.log", prefix="bench-")
        proxies = Proxies(toxiproxy.client, prefix="bench-")
        urls = {n: proxies.create(n, upstream_port=s.getsockname()[1]).url for n, s in listeners.items()}
        children = [fork(scoring() if n == "scoring" else source(), s) for n, s in listeners.items()]
        front = socket.create_server(("127.0.0.1", 0), backlog=2048)
        children.append(fork(decision(urls), front))
        print(front.getsockname()[1], flush=True)
        sys.stdin.read()
        for pid in children:
            os.kill(pid, 9)
        toxiproxy.stop()


if __name__ == "__main__":
    main()
