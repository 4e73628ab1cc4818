"""A credit-data source: one record about one applicant, after as long as it takes.

By itself: ``CREDITSTORM_SERVICE=bureau uvicorn --factory mock_services.source:create_app --port 8104``.
"""

from __future__ import annotations

import os
from typing import Final

from fastapi import FastAPI, Request, Response

from creditstorm.credit.applicants import Applicant
from creditstorm.credit.sources import SCALES, SOURCES
from mock_services.deadline import deadline_of
from mock_services.payloads import EvidenceRequest
from mock_services.plumbing import with_plumbing
from mock_services.settings import Settings
from mock_services.work import Work

VERSION: Final = "1"

Record = dict[str, int | bool]


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app of one source."""
    settings = settings or Settings.from_environment(os.environ.get("CREDITSTORM_SERVICE", "bureau"))
    service = settings.service
    if service not in SOURCES:
        raise ValueError(f"{service} is not a source; allowed: {', '.join(SOURCES)}")
    people = settings.people()
    work = Work.of(settings)
    app = FastAPI(title=f"creditstorm {service}")

    @app.post("/v1/evidence")
    async def evidence(asked: EvidenceRequest, request: Request) -> Response:
        fate = work.luck.of(asked.applicant, asked.session, asked.attempt, asked.nth_try)

        def payload() -> dict[str, object]:
            record = record_of(people.applicant(asked.applicant), service)
            return {"service": service, "version": VERSION, "as_of": work.now() - fate.age_s, "record": record}

        return await work.answer(fate, deadline_of(request), payload)

    return with_plumbing(app, service, work.capacity)


def record_of(applicant: Applicant, service: str) -> Record | None:
    """What the source has on file; None is a true "no record"."""
    if service == "identity":
        return {"verified": applicant.verified}
    value = applicant.values[service]
    return None if value is None else {SCALES[service].field: value}
