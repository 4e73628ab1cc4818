"""A credit-data source: one record about one applicant, after as long as it takes.

By itself: ``CREDITSTORM_SERVICE=bureau uvicorn --factory mock_services.source:create_app --port 8104``.
"""

import os
from typing import Final

from fastapi import FastAPI, Request, Response
from creditstorm.credit import SCALES, SOURCES, Applicant
from mock_services.faults.hooks import Record, Reported
from mock_services.faults.registry import kinds_of
from mock_services.settings import Settings
from mock_services.wire.handling import deadline_of, service_app, with_plumbing
from mock_services.wire.payloads import EvidenceRequest
from mock_services.work import CallDraw, Work

VERSION: Final = "1"


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app of one source."""
    settings = settings or Settings.from_environment(os.environ.get("CREDITSTORM_SERVICE", "bureau"))
    service = settings.role
    if service not in SOURCES:
        raise ValueError(f"{service} is not a source; allowed: {', '.join(SOURCES)}")
    people = settings.people()
    work = Work.of(settings, kinds_of(service))
    faults, handle = work.faults, work.faults.handle
    app = service_app(f"creditstorm {settings.service}")
    app.state.faults = faults

    @app.post("/v1/evidence")
    async def evidence(call: EvidenceRequest, request: Request) -> Response:
        def payload(call_draw: CallDraw) -> dict[str, object]:
            person = people.applicant(call.applicant)
            if handle.updates:
                person = handle.up_to_date(person)
            as_of, record = work.now() - call_draw.age_s, record_of(person, service)
            if faults.on:
                reported = faults.changed(call, Reported(person, as_of, record))
                as_of, record = reported.as_of, reported.record
            return {"service": service, "version": VERSION, "as_of": as_of, "record": record}

        return await work.answer(call, deadline_of(request), payload)

    return with_plumbing(app, settings.service, work.capacity)


def record_of(applicant: Applicant, service: str) -> Record | None:
    """What the source has on file; None is a true "no record"."""
    if service == "identity":
        return {"verified": applicant.verified}
    value = applicant.values[service]
    return None if value is None else {SCALES[service].field: value}
