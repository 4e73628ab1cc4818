"""A credit-data source: one record about one applicant, after as long as it takes.

By itself: ``CREDITSTORM_SERVICE=bureau uvicorn --factory mock_services.source:create_app --port 8104``.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import FastAPI, Request, Response
from creditstorm import steady
from creditstorm.credit import SCALES, SOURCES, Applicant
from mock_services.faults.hooks import Record, Reported
from mock_services.faults.registry import kinds_of
from mock_services.settings import Settings
from mock_services.wire.handling import deadline_of, service_app, with_plumbing
from mock_services.wire.payloads import EvidenceRequest
from mock_services.work import CallDraw, Work

VERSION: Final = "1"


class Source:
    """One source without its HTTP: time, sleep and who somebody is arrive as arguments."""

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], float] = steady.unix_s,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        applicant: Callable[[int], Applicant] | None = None,
    ) -> None:
        self._service = settings.role
        if self._service not in SOURCES:
            raise ValueError(f"{self._service} is not a source; allowed: {', '.join(SOURCES)}")
        self._applicant = applicant or settings.people().applicant
        self.work = Work.of(settings, kinds_of(self._service), now=now, sleep=sleep)

    async def evidence(self, call: EvidenceRequest, deadline: float | None) -> Response:
        """What is on file about the person, or why that is not said."""
        service, work, faults = self._service, self.work, self.work.faults

        def payload(call_draw: CallDraw) -> dict[str, object]:
            person = self._applicant(call.applicant)
            if faults.handle.updates:
                person = faults.handle.up_to_date(person)
            as_of, record = work.now() - call_draw.age_s, record_of(person, service)
            if faults.on:
                reported = faults.changed(call, Reported(person, as_of, record))
                as_of, record = reported.as_of, reported.record
            return {"service": service, "version": VERSION, "as_of": as_of, "record": record}

        return await work.answer(call, deadline, payload)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app of one source."""
    settings = settings or Settings.from_environment(os.environ.get("CREDITSTORM_SERVICE", "bureau"))
    source = Source(settings)
    app = service_app(f"creditstorm {settings.service}")
    app.state.faults = source.work.faults

    @app.post("/v1/evidence")
    async def evidence(call: EvidenceRequest, request: Request) -> Response:
        return await source.evidence(call, deadline_of(request))

    return with_plumbing(app, settings.service, source.work.capacity)


def record_of(applicant: Applicant, service: str) -> Record | None:
    """What the source has on file; None is a true "no record"."""
    if service == "identity":
        return {"verified": applicant.verified}
    value = applicant.values[service]
    return None if value is None else {SCALES[service].field: value}
