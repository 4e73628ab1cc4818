"""The decision service: one credit check in, an answer with its limit, reason and evidence out.

By itself: ``uvicorn --factory mock_services.decision:create_app --port 8100``.
"""

import math
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Annotated, Final

from fastapi import FastAPI, Query, Request, Response
from creditstorm.credit import DISCLOSURES, SERVICES, Decision, Disclosure, Keyed, Reason
from creditstorm.credit.case import CreditRequest
from mock_services.cache.redis_cache import RedisCache
from mock_services.deciding import decide, upstreams
from mock_services.deferrals import redecide
from mock_services.faults import active, decision_effects, registry
from mock_services.policies.answer import PROMISES
from mock_services.policies.axes import Policy
from mock_services.policies.missing import store_of
from mock_services.policies.registry import PolicyContext, build
from mock_services.settings import Settings
from mock_services.wire import handling, payloads

Texts = Mapping[Reason, Mapping[str, object]]
_COME_BACK: Final = Keyed(0, "retry-after")
_Cursor = Annotated[int, Query(ge=0, lt=2**63)]
_PageSize = Annotated[int, Query(ge=1, le=1000)]


def texts_of(disclosures: Mapping[Reason, Disclosure]) -> Texts:
    """The words of each reason as they are sent, and the seconds that they promise."""
    return {
        reason: {"text": {"en": words.en, "zh": words.zh}, "eta_s": words.eta_s}
        for reason, words in disclosures.items()
    }


TEXTS: Final = texts_of(DISCLOSURES)
WITH_PROMISES: Final = texts_of({**DISCLOSURES, **PROMISES})


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app of the decision service."""
    settings = settings or Settings.from_environment("decision")
    policy = build(settings.policy, _context(settings))
    handle = decision_effects.LenderHandle.of(policy, settings.seed)
    faults = active.ActiveFaults[active.Fault[decision_effects.LenderHandle]](registry.DECISION_KINDS, handle)
    services = upstreams.HttpUpstreams(settings.upstream_urls())
    decider = decide.Decider(policy, services)
    redecisions = redecide.redecisions_of(policy, services, settings.deadline_s)
    texts = TEXTS if redecisions is None else WITH_PROMISES

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with services, _entered(policy), redecisions or nullcontext():
            yield

    app = handling.service_app("creditstorm decision", lifespan)
    app.state.faults = faults

    @app.post("/v1/credit-check")
    async def credit_check(check: payloads.CreditCheck, request: Request) -> Response:
        now = time.time()
        until = min(handling.deadline_of(request) or math.inf, now + settings.deadline_s)
        if until <= now:
            return handling.refusal(504, "the deadline had passed on arrival")
        person = CreditRequest(check.applicant, check.session, check.attempt, check.segment, check.file)
        checked = await decider.check(person, until)
        if redecisions is not None:
            redecisions.observe(person, checked)
        return handling.json_response(as_json(checked, texts), retry_after(person, checked.decision))

    if redecisions is not None:
        _with_notifications(app, redecisions)
    return handling.with_plumbing(app, "decision", decider)


def _context(settings: Settings) -> PolicyContext:
    password = settings.store_password.get_secret_value() if settings.store_password else None
    people, prefix = settings.people(), settings.store_prefix
    return PolicyContext(people, settings.strategy, store_prefix=prefix, store_password=password)


def _entered(policy: Policy) -> AbstractAsyncContextManager[object]:
    """What has to run beside the app to have the store of this policy written."""
    store = store_of(policy)
    return store if isinstance(store, RedisCache) else nullcontext()


def _with_notifications(app: FastAPI, redecisions: redecide.Redecisions) -> None:
    @app.get("/v1/notifications")
    async def notifications(after: _Cursor = 0, limit: _PageSize = 500) -> Response:
        return handling.json_response(redecisions.board.page(after, limit) | {"counts": redecisions.counts})


def retry_after(request: CreditRequest, decision: Decision) -> dict[str, str]:
    """The header of a request that was turned away and is told so: about the minute that the text speaks of.

    Spread by who asks, so that those who were turned away together do not come back together. Where the words of the
    app have no "undetermined" there is nothing to come back for.
    """
    if decision.reason is not Reason.SYSTEM_BUSY:
        return {}
    spread = _COME_BACK.uniform(request.applicant, request.session, request.attempt)
    eta_s = DISCLOSURES[Reason.SYSTEM_BUSY].eta_s or 60.0
    return {"Retry-After": str(round(eta_s * (0.5 + spread)))}


def as_json(checked: decide.Checked, texts: Texts = TEXTS) -> dict[str, object]:
    """The answer as it is sent, evidence log included."""
    decision = checked.decision
    scoring = checked.evidence["scoring"]
    return {
        "answer": decision.answer,
        "limit_cny": decision.limit_cny,
        "reason": decision.reason,
        "cause": decision.cause,
        **texts[decision.reason],
        "strategy_version": checked.strategy.version,
        "strategy": {"cut_off": checked.strategy.cut_off, "pdo": checked.strategy.pdo},
        "grace": checked.grace,
        "score": {"mean": scoring.value, "sd": scoring.sd} if scoring.usable else None,
        "began_at": checked.began_at,
        "evidence": {service: _logged(checked, service) for service in SERVICES},
    }


def _logged(checked: decide.Checked, service: str) -> dict[str, object]:
    """What was used of one service; and what it rests on: the calls, what they brought, and what stood in for that."""
    evidence, calls = checked.evidence[service], checked.calls.get(service)
    if calls is None:
        return {"status": evidence.status}
    arrived = calls.arrived
    told: dict[str, object] = {
        "status": evidence.status,
        "age_s": evidence.age_s,
        "latency_s": evidence.latency_s,
        "version": evidence.version,
        "rejected": calls.rejected,
        "null_field": arrived.null_field,
        "began_s": _after(checked.began_at, calls.began_at),
        "ended_s": _after(checked.began_at, calls.ended_at),
        "value": None if arrived.null_field else arrived.value,
    }
    # What is seldom so is only told then: whoever reads a thousand answers a second pays for every word.
    if arrived.status is not evidence.status:
        told["arrived"] = arrived.status
    if arrived.sd is not None:
        told["sd"] = arrived.sd
    if calls.filled_by is not None:
        told |= {"filled_by": calls.filled_by, "filled_value": evidence.value}
    return told


def _after(began_at: float | None, instant: float | None) -> float | None:
    """Whole microseconds since the decision was begun."""
    return None if began_at is None or instant is None else round(instant - began_at, 6)
