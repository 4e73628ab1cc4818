"""What every service does for its callers: the deadline of a call, answers, `/healthz` and `/metrics`."""

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, Final, Protocol

from fastapi import FastAPI, HTTPException, Query, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic_core import to_json
from starlette.requests import ClientDisconnect

DEADLINE_HEADER: Final = "X-Deadline"


def deadline_of(request: Request) -> float | None:
    """The caller's deadline, None where it has none; 422 when it is no number.

    Read by hand, because a declared header parameter costs as much as the rest of a small request.
    """
    text = request.headers.get(DEADLINE_HEADER)
    if text is None:
        return None
    try:
        deadline = float(text)
    except ValueError:
        deadline = math.nan
    if not math.isfinite(deadline):
        raise HTTPException(422, f"{DEADLINE_HEADER}: expected unix seconds such as 1790000000.25, got {text!r}")
    return deadline


JSON: Final = "application/json"


def refusal(status: int, error: str, headers: dict[str, str] | None = None) -> Response:
    """A failure with a word about why."""
    return Response(to_json({"error": error}), status, headers, JSON)


def json_response(payload: object, headers: dict[str, str] | None = None) -> Response:
    """A 200 of JSON, written by pydantic's serialiser in one step."""
    return Response(to_json(payload), headers=headers, media_type=JSON)


MAX_PAD: Final = 1_048_576
_BAD_REQUEST: Final = 400


class Counts(Protocol):
    """The numbers of a service, read when somebody asks for the metrics; `held_s` is None where it has no workers."""

    in_flight: int
    queue: int
    served: int
    shed: int

    @property
    def held_s(self) -> float | None:
        """Seconds for which workers were held, of all of them together."""


class CountsCollector(Collector):
    """Reads the counts at scrape time, so that a request pays nothing for being counted."""

    def __init__(self, service: str, counts: Counts) -> None:
        self._service = service
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """The metrics, labelled with the service."""
        yield self._gauge("creditstorm_in_flight", "Requests that hold a worker now.", self._counts.in_flight)
        yield self._gauge("creditstorm_queue", "Requests that wait for a worker now.", self._counts.queue)
        yield self._counter("creditstorm_served", "Requests that got a worker and are done.", self._counts.served)
        yield self._counter("creditstorm_shed", "Requests refused because of load.", self._counts.shed)
        held_s = self._counts.held_s
        if held_s is not None:
            yield self._counter("creditstorm_held_seconds", "Seconds for which workers were held, together.", held_s)

    def _gauge(self, name: str, text: str, value: float) -> Metric:
        family = GaugeMetricFamily(name, text, labels=["service"])
        family.add_metric([self._service], value)
        return family

    def _counter(self, name: str, text: str, value: float) -> Metric:
        family = CounterMetricFamily(name, text, labels=["service"])
        family.add_metric([self._service], value)
        return family


def service_app(title: str, lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None) -> FastAPI:
    """An app whose interface is described at `/openapi.json`, for whoever wants it.

    Without FastAPI's pages at `/docs` and `/redoc`: they load programs from other people's servers.
    """
    return FastAPI(title=title, lifespan=lifespan, docs_url=None, redoc_url=None)


def with_plumbing(app: FastAPI, service: str, counts: Counts, *more: Collector) -> FastAPI:
    """The app with `/healthz` and `/metrics` after its own path, which is then the first that routing looks at.

    A caller that hangs up in the middle of its request is an ordinary end of it, and nothing for the log.
    """
    registry = CollectorRegistry(auto_describe=False)
    for collector in (CountsCollector(service, counts), *more):
        registry.register(collector)

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
