"""Calls an app in this process, without a socket and without a client library."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI


@dataclass(frozen=True)
class Reply:
    """What the app answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


async def acall(
    app: FastAPI, method: str, path: str, body: bytes = b"", *, hangs_up: bool = False, **headers: str
) -> Reply:
    """One request; an underscore in a header's name stands for a hyphen. Who `hangs_up` sends no more than `body`."""
    path, _, query = path.partition("?")
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"content-type", b"application/json")] + [(k.encode(), v.encode()) for k, v in named.items()],
        "server": ("service", 80),
        "client": ("test", 1),
    }

    coming = iter([{"type": "http.request", "body": body, "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        return next(coming) if hangs_up else {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    answered = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return Reply(sent[0]["status"], answered, b"".join(m.get("body", b"") for m in sent[1:]))


def call(app: FastAPI, method: str, path: str, body: object = None, **headers: str) -> Reply:
    """One request with a JSON body, in an event loop of its own."""
    raw = b"" if body is None else json.dumps(body).encode()
    return asyncio.run(acall(app, method, path, raw, **headers))
