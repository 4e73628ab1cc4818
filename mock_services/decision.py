"""The decision service: one credit check in, an answer with its limit, reason and evidence out.

By itself: ``uvicorn --factory mock_services.decision:create_app --port 8100``.
"""

import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Annotated, Final

from fastapi import FastAPI, Query, Request, Response
from creditstorm import steady
from creditstorm.credit import DISCLOSURES, SERVICES, Decision, Disclosure, Keyed, Reason
from creditstorm.credit.case import CreditRequest
from mock_services.cache.redis_cache import RedisCache
from mock_services.cache.redis_client import RedisClient
from mock_services.deciding import decide, upstreams
from mock_services.deferrals import redecide, review_desk, second_look
from mock_services.deferrals.desks import ComplaintDesk, WaitingRoom
from mock_services.faults import active, decision_effects, registry
from mock_services.policies.answer import PROMISES
from mock_services.policies.axes import Policy
from mock_services.policies.missing import store_of
from mock_services.policies.registry import PolicyContext, StoreClients, build
from mock_services.settings import Settings
from mock_services.wire import exposed, handling, payloads

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


class DecisionService:
    """The decision service without its HTTP: upstreams, time and the store's client arrive as arguments."""

    def __init__(
        self,
        settings: Settings,
        services: decide.Upstreams,
        *,
        now: Callable[[], float] = steady.unix_s,
        store_client: StoreClients = RedisClient,
    ) -> None:
        context = PolicyContext(
            people=settings.people(),
            strategy=settings.strategy,
            now=now,
            store_prefix=settings.store_prefix,
            store_password=settings.store_password.get_secret_value() if settings.store_password else None,
            store_client=store_client,
        )
        self._policy = build(settings.policy, context)
        self._deadline_s = settings.deadline_s
        self._now = now
        desk = review_desk.review_desk_of(self._policy, context.people, now)
        handle = decision_effects.LenderHandle.of(self._policy, settings.seed, None if desk is None else desk.papers)
        self.faults = active.ActiveFaults[active.Fault[decision_effects.LenderHandle]](registry.DECISION_KINDS, handle)
        self.decider = decide.Decider(self._policy, services, now)
        again = (self._policy, services, settings.deadline_s, now)
        self.complaints: ComplaintDesk | None = desk or second_look.second_looks_of(*again)
        pushed = redecide.redecisions_of(*again)
        self.redecisions: WaitingRoom | None = self.complaints or pushed
        self.exposed = exposed.DecisionCollector()
        self._texts = TEXTS if pushed is None else WITH_PROMISES

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What goes on beside the requests: writing the store, deciding again."""
        async with _entered(self._policy), self.redecisions or nullcontext():
            yield

    async def credit_check(self, check: payloads.CreditCheck, deadline: float | None) -> Response:
        """The answer for one person, by `deadline` (unix seconds) or the lender's own."""
        now = self._now()
        until = min(math.inf if deadline is None else deadline, now + self._deadline_s)
        if until <= now:
            return handling.refusal(504, "the deadline had passed on arrival")
        person = CreditRequest(check.applicant, check.session, check.attempt, check.segment, check.file)
        checked = await self.decider.check(person, until)
        self.exposed.decided(checked.decision, self._now() - now, checked.evidence)
        if self.redecisions is not None:
            self.redecisions.observe(person, checked)
        return handling.json_response(as_json(checked, self._texts), retry_after(person, checked.decision))

    def complaint(self, of: payloads.ComplainedTap) -> Response:
        """What is said at once to a person who complains of an answer; 404 where nobody listens."""
        if self.complaints is None:
            return handling.refusal(404, "Not Found")
        heard = self.complaints.complain(of.applicant, of.session, of.attempt)
        said, answer = heard.said, {} if heard.answer is None else {"answer": heard.answer}
        words = {"family": said.family, "text": {"en": said.en, "zh": said.zh}, "eta_s": said.eta_s}
        return handling.json_response({"taken": heard.taken, **answer, **words})


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app of the decision service."""
    settings = settings or Settings.from_environment("decision")
    services = upstreams.HttpUpstreams(settings.upstream_urls())
    lender = DecisionService(settings, services)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with services, lender.running():
            yield

    app = handling.service_app("creditstorm decision", lifespan)
    app.state.faults = lender.faults

    @app.post("/v1/credit-check")
    async def credit_check(check: payloads.CreditCheck, request: Request) -> Response:
        return await lender.credit_check(check, handling.deadline_of(request))

    if lender.complaints is not None:

        @app.post("/v1/complaints")
        async def complaint(of: payloads.ComplainedTap) -> Response:
            return lender.complaint(of)

    if lender.redecisions is not None:
        _with_notifications(app, lender.redecisions)
    return handling.with_plumbing(app, "decision", lender.decider, lender.exposed)


def _entered(policy: Policy) -> AbstractAsyncContextManager[object]:
    """What has to run beside the app to have the store of this policy written."""
    store = store_of(policy)
    return store if isinstance(store, RedisCache) else nullcontext()


def _with_notifications(app: FastAPI, room: WaitingRoom) -> None:
    @app.get("/v1/notifications")
    async def notifications(after: _Cursor = 0, limit: _PageSize = 500) -> Response:
        return handling.json_response(room.page(after, limit))


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
