"""A control port without a service behind it: what it was asked is kept, what it answers is said by the test."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any

TOKEN = token_hex(8)


@dataclass
class FakeControl:
    """`met` are the counts that it lists, `lists` whether it lists what is on, `asked` every (verb, name)."""

    port: int = 0
    lists: bool = True
    on: dict[str, dict[str, Any]] = field(default_factory=dict)
    met: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, verb: str, name: str, body: bytes) -> tuple[int, object]:
        """Status and content."""
        self.asked.append((verb, name))
        if verb == "PUT":
            self.on[name] = json.loads(body)
            known = self.on[name]["kind"] != "unknown"
            return (200, {"name": name, "met": 0}) if known else (422, {"error": "kind: allowed here are none"})
        if verb == "DELETE":
            self.on.pop(name, None)
            return 200, {"met": self.met.get(name, 0)}
        listed = {name: {"kind": told["kind"], "met": self.met.get(name, 0)} for name, told in self.on.items()}
        return 200, {"faults": listed if self.lists else {}}


@contextlib.contextmanager
def fake_control() -> Iterator[FakeControl]:
    """It answers until the end of the block."""
    control = FakeControl()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._do("GET")

        def do_PUT(self) -> None:
            self._do("PUT")

        def do_DELETE(self) -> None:
            self._do("DELETE")

        def log_message(self, *args: Any) -> None:
            """Nothing."""

        def _do(self, verb: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self._say(401, {"error": "the control port needs the token of the run"})
            else:
                self._say(*control.answer(verb, self.path.removeprefix("/v1/faults").removeprefix("/"), body))

        def _say(self, status: int, content: object) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    control.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield control
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
