"""A port of loopback at which Prometheus finds the numbers of a run while it goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Thread

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.registry import Collector
from creditstorm.adapters.probing.loopback import LOOPBACK
from creditstorm.errors import HarnessError


class _Page(BaseHTTPRequestHandler):
    """Answers `GET /metrics`, and says nothing of it."""

    timeout = 5.0
    server: "_Server"

    def do_GET(self) -> None:
        """The metrics; 404 with a word for everything else."""
        if self.path.partition("?")[0] == "/metrics":
            self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(self.server.registry))
        else:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"the metrics are at /metrics\n")

    def log_message(self, *_: object) -> None:
        """Nothing: the screen belongs to the run."""

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingTCPServer):
    """A thread a scrape; one that never ends keeps nobody waiting."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, registry: CollectorRegistry) -> None:
        self.registry = registry
        super().__init__((LOOPBACK, port), _Page)

    def handle_error(self, *_: object) -> None:
        """Nothing: who asked has hung up."""


def require_metrics_port(port: int) -> None:
    """HarnessError, with a remedy, where nobody can listen at this port of loopback now."""
    _server(port, CollectorRegistry()).server_close()


@contextmanager
def served(port: int, collector: Collector) -> Iterator[None]:
    """`http://127.0.0.1:PORT/metrics` has what this collector says; HarnessError where the port cannot be had."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    with _server(port, registry) as server:
        thread = Thread(target=server.serve_forever, args=(0.1,), name="metrics", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def _server(port: int, registry: CollectorRegistry) -> _Server:
    try:
        return _Server(port, registry)
    except OSError as error:
        what = f"--metrics {port}: nobody can listen at {LOOPBACK}:{port}: {error.strerror}"
        raise HarnessError(f"{what}\nend what listens there, or name another port from 1024 to 65535") from error
