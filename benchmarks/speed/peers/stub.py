"""A lender that answers the same bytes to everybody, to GET and POST alike; prints its port.

It says all that the reference lender says of a decision, in the same order; with PEER_LATENCY_S only after so long.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time

import uvicorn

SERVICES = ("identity", "repayment", "consumption", "bureau", "income", "social", "scoring")
EVIDENCE: dict[str, dict[str, object]] = {
    name: {
        "status": "ok",
        "age_s": 3600.25,
        "latency_s": 0.0123,
        "version": "1",
        "rejected": False,
        "null_field": False,
        "began_s": 0.000123,
        "ended_s": 0.012423,
        "value": 612.5,
    }
    for name in SERVICES
}
EVIDENCE["scoring"]["sd"] = 0.0
BODY = json.dumps(
    {
        "answer": "approved",
        "limit_cny": 20000,
        "reason": "granted",
        "cause": "credit:score",
        "text": {"en": "Your limit is ready.", "zh": "您的额度已就绪。"},
        "strategy_version": "v1",
        "strategy": {"cut_off": 559.3, "pdo": 20.0},
        "grace": 0.0,
        "began_at": time.time(),
        "score": {"mean": 612.5, "sd": 0.0},
        "evidence": EVIDENCE,
    }
).encode()
LATENCY_S = float(os.environ.get("PEER_LATENCY_S", "0"))
HEAD = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]


async def app(scope: dict, receive: object, send: object) -> None:  # noqa: ARG001
    """Answer."""
    if LATENCY_S:
        await asyncio.sleep(LATENCY_S)
    await send({"type": "http.response.start", "status": 200, "headers": HEAD})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": BODY})  # type: ignore[operator]


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])
