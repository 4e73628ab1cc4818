"""The decision service: one credit check in, an answer with its limit, reason and evidence out.

By itself: ``uvicorn --factory mock_services.decision:create_app --port 8100``.
"""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI, Request, Response

from creditstorm.credit.decision import Decision
from creditstorm.credit.evidence import Evidence
from creditstorm.credit.keyed import Keyed
from creditstorm.credit.reasons import DISCLOSURES, Reason
from creditstorm.credit.sources import SERVICES
from mock_services.deadline import deadline_of
from mock_services.desk import Checked, Desk
from mock_services.faults.base import Fault
from mock_services.faults.decision_kinds import DECISION_KINDS
from mock_services.faults.lender import Lender
from mock_services.faults.switchboard import Faults
from mock_services.payloads import CreditCheck
from mock_services.plumbing import with_plumbing
from mock_services.policies.case import Asked
from mock_services.policies.registry import House, build
from mock_services.settings import Settings
from mock_services.upstreams import HttpUpstreams
from mock_services.work import json_response, refusal

_COME_BACK: Final = Keyed(0, "retry-after")
TEXTS: Final = {reason: {"en": said.en, "zh": said.zh} for reason, said in DISCLOSURES.items()}


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app of the decision service."""
    settings = settings or Settings.from_environment("decision")
    policy = build(settings.policy_spec(), House(settings.people(), settings.strategy_in_force()))
    faults = Faults[Fault[Lender]](DECISION_KINDS, Lender.of(policy, settings.seed))
    upstreams = HttpUpstreams(settings.upstream_urls())
    desk = Desk(policy, upstreams)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with upstreams:
            yield

    app = FastAPI(title="creditstorm decision", lifespan=lifespan)
    app.state.faults = faults

    @app.post("/v1/credit-check")
    async def credit_check(asked: CreditCheck, request: Request) -> Response:
        now = time.time()
        until = min(deadline_of(request) or math.inf, now + settings.deadline_s)
        if until <= now:
            return refusal(504, "the deadline had passed on arrival")
        who = Asked(asked.applicant, asked.session, asked.attempt, asked.segment, asked.file)
        checked = await desk.check(who, until)
        return json_response(as_json(checked), retry_after(who, checked.decision))

    return with_plumbing(app, "decision", desk)


def retry_after(asked: Asked, told: Decision) -> dict[str, str]:
    """The header of a request that was turned away and is told so: about the minute that the text speaks of.

    Spread by who asks, so that those who were turned away together do not come back together. Where the words of the
    app have no "undetermined" there is nothing to come back for.
    """
    if told.reason is not Reason.SYSTEM_BUSY:
        return {}
    spread = _COME_BACK.uniform(asked.applicant, asked.session, asked.attempt)
    eta_s = DISCLOSURES[Reason.SYSTEM_BUSY].eta_s or 60.0
    return {"Retry-After": str(round(eta_s * (0.5 + spread)))}


def as_json(checked: Checked) -> dict[str, object]:
    """The answer as it is sent, evidence log included."""
    decision = checked.decision
    scoring = checked.evidence["scoring"]
    return {
        "answer": decision.answer,
        "limit_cny": decision.limit_cny,
        "reason": decision.reason,
        "cause": decision.cause,
        "text": TEXTS[decision.reason],
        "eta_s": DISCLOSURES[decision.reason].eta_s,
        "strategy_version": checked.strategy.version,
        "score": {"mean": scoring.value, "sd": scoring.sd} if scoring.usable else None,
        "evidence": {service: _logged(checked.evidence[service]) for service in SERVICES},
    }


def _logged(evidence: Evidence) -> dict[str, object]:
    return {
        "status": evidence.status,
        "age_s": evidence.age_s,
        "latency_s": evidence.latency_s,
        "version": evidence.version,
        "rejected": evidence.rejected,
    }
