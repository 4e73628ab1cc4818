"""What every service has: `/healthz` and `/metrics`, which never wait for a worker, and patience with its callers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Protocol

from fastapi import FastAPI, Query, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import ClientDisconnect

MAX_PAD: Final = 1_048_576
_BAD_REQUEST: Final = 400


class Counts(Protocol):
    """The four numbers of a service, read when somebody asks for the metrics."""

    in_flight: int
    queue: int
    served: int
    shed: int


class CountsCollector(Collector):
    """Reads the counts at scrape time, so that a request pays nothing for being counted."""

    def __init__(self, service: str, counts: Counts) -> None:
        self._service = service
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """The four metrics, labelled with the service."""
        yield self._gauge("creditstorm_in_flight", "Requests that hold a worker now.", self._counts.in_flight)
        yield self._gauge("creditstorm_queue", "Requests that wait for a worker now.", self._counts.queue)
        yield self._counter("creditstorm_served", "Requests that got a worker and are done.", self._counts.served)
        yield self._counter("creditstorm_shed", "Requests refused because of load.", self._counts.shed)

    def _gauge(self, name: str, text: str, value: float) -> Metric:
        family = GaugeMetricFamily(name, text, labels=["service"])
        family.add_metric([self._service], value)
        return family

    def _counter(self, name: str, text: str, value: float) -> Metric:
        family = CounterMetricFamily(name, text, labels=["service"])
        family.add_metric([self._service], value)
        return family


def with_plumbing(app: FastAPI, service: str, counts: Counts) -> FastAPI:
    """The app with `/healthz` and `/metrics` after its own path, which is then the first that routing looks at.

    A caller that hangs up in the middle of its request is an ordinary end of it, and nothing for the log.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(CountsCollector(service, counts))

    @app.exception_handler(ClientDisconnect)
    async def hung_up(_request: Request, _gone: ClientDisconnect) -> Response:
        return Response(status_code=_BAD_REQUEST)

    @app.get("/healthz")
    async def health(pad: Annotated[int, Query(ge=0, le=MAX_PAD)] = 0) -> dict[str, Any]:
        return {"status": "ok", "service": service, "pad": "x" * pad}

    @app.post("/healthz")
    async def upload(request: Request) -> dict[str, int]:
        received = 0
        async for chunk in request.stream():
            received += len(chunk)
        return {"received": received}

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return app
