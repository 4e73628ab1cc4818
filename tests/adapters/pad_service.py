"""A tiny real service for the tests of the path: /healthz as every service of creditstorm has it."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class _Health(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        pad = int(parse_qs(urlsplit(self.path).query).get("pad", ["0"])[0])
        self._answer({"status": "ok", "pad": "x" * pad})

    def do_POST(self) -> None:
        wanted = int(self.headers["Content-Length"])
        received = len(self.rfile.read(wanted))
        if received < wanted:
            self.close_connection = True
            return
        self._answer({"received": received})

    def log_message(self, *args: Any) -> None:
        """Nothing: tests read assertions, not access logs."""

    def _answer(self, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: broken connections are what these tests are about."""


@contextlib.contextmanager
def pad_service() -> Iterator[int]:
    """The port on which it answers."""
    server = _Server(("127.0.0.1", 0), _Health)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
