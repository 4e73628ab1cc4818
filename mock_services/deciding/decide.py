"""The decision itself: ask all sources at once, then scoring, then decide, and say so in the words of the app."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol

from creditstorm import steady
from creditstorm.credit import SERVICES, SOURCES, Decision, Evidence, EvidenceStatus, Strategy
from creditstorm.credit.case import Case, CreditRequest, values_for_scoring
from creditstorm.credit.evidence import NEVER_ASKED
from creditstorm.credit.rules import TURNED_AWAY
from mock_services.cache.redis_cache import Recall, RedisCache
from mock_services.policies.axes import Missing, Once, Policy
from mock_services.policies.missing import LastKnownGoodRule

SCORING_RESERVE_S: Final = 0.15
SCORING_RESERVE_SHARE: Final = 0.15
"""Sources are given up this long before the deadline, so that scoring still has time: 150 ms (scoring's p99 is 90 ms,
and it has to be reached), or 15 % of the time there is when that is less. Every millisecond more makes income late
more often, whose p99 is longer than the usual deadline."""

SKIPPED: Final = Evidence(EvidenceStatus.SKIPPED)
NOT_ASKED: Final = dict.fromkeys(SERVICES, SKIPPED)


class Upstreams(Protocol):
    """What the decision asks; a failure is evidence with a status, never an exception."""

    async def evidence(self, service: str, request: CreditRequest, nth_try: int, until: float) -> Evidence:
        """What a source says about a person, given up at `until`."""

    async def score(
        self, request: CreditRequest, values: Mapping[str, float | None], nth_try: int, until: float
    ) -> Evidence:
        """The score on these values, given up at `until`."""


@dataclass(slots=True)
class Calls:
    """All tries of one request at one service: when the first began and the last ended, in unix seconds.

    Both are None where no call was made. A try that another one beat is given up with it, and ends no later. `arrived`
    is the evidence that they brought, `rejected` whether it was not believed, `filled_by` what another value is from.
    """

    once: Once
    now: Callable[[], float]
    began_at: float | None = None
    ended_at: float | None = None
    arrived: Evidence = SKIPPED
    rejected: bool = False
    filled_by: str | None = None

    async def ask(self, nth_try: int, until: float) -> Evidence:
        """One more try."""
        first_at = self.began_at
        if first_at is None:
            self.began_at = self.now()
        evidence = await self.once(nth_try, until)
        if evidence is NEVER_ASKED:
            self.began_at = first_at
        else:
            self.ended_at = self.now()
        return evidence


@dataclass(frozen=True, slots=True)
class Checked:
    """What the person is told, and everything that it rests on.

    `began_at` is the unix instant at which it was begun; it, calls and grace are missing where nobody was asked.
    """

    decision: Decision
    strategy: Strategy
    evidence: Mapping[str, Evidence]
    calls: Mapping[str, Calls] = field(default_factory=dict)
    began_at: float | None = None
    grace: float | None = None


@dataclass(slots=True)
class _UnderWay:
    """One request under way: `recall` is what a store elsewhere knows of the person, `missing` the rule over it."""

    request: CreditRequest
    until: float
    missing: Missing
    recall: Recall | None = None
    calls: dict[str, Calls] = field(default_factory=dict)


class Decider:
    """Decides one request after another under one policy, and counts them."""

    def __init__(self, policy: Policy, upstreams: Upstreams, now: Callable[[], float] = steady.unix_s) -> None:
        self._policy = policy
        self._upstreams = upstreams
        self._now = now
        self.in_flight = 0
        self.queue = 0
        self.served = 0
        self.shed = 0
        self.held_s = None  # it has no workers of its own

    async def check(self, request: CreditRequest, until: float) -> Checked:
        """The answer for one person, by the unix instant `until` or hardly later."""
        if not self._policy.admission.enter(request):
            self.shed += 1
            return self._turned_away(request)
        started = self._now()
        self.in_flight += 1
        try:
            return await self._decide(request, started, until)
        finally:
            self.in_flight -= 1
            self.served += 1
            self._policy.admission.leave(self._now() - started)

    async def _decide(self, request: CreditRequest, started: float, until: float) -> Checked:
        sources_until = until - min(SCORING_RESERVE_S, SCORING_RESERVE_SHARE * (until - started))
        under_way = self._opened(request, sources_until)
        try:
            evidence = await self._evidence(under_way, until)
        finally:
            if under_way.recall is not None:
                under_way.recall.close()
        rollout = self._policy.rollout
        case = Case(request, rollout.strategy_for(request), evidence, rollout.grace_for(request, evidence["scoring"]))
        decision = self._policy.missing.decide(case)
        rollout.remember(case, decision)
        said = self._policy.answer.say(decision)
        return Checked(said, case.strategy, evidence, under_way.calls, started, case.grace)

    def _opened(self, request: CreditRequest, until: float) -> _UnderWay:
        missing = self._policy.missing
        if isinstance(missing, LastKnownGoodRule) and isinstance(missing.store, RedisCache):
            recall = missing.store.ahead(request, until)
            return _UnderWay(request, until, missing.over(recall), recall)
        return _UnderWay(request, until, missing)

    async def _evidence(self, under_way: _UnderWay, until: float) -> dict[str, Evidence]:
        found = await asyncio.gather(*(self._source(service, under_way) for service in SOURCES))
        evidence = dict(zip(SOURCES, found, strict=True))
        return evidence | {"scoring": await self._score(evidence, under_way, until)}

    def _source(self, service: str, under_way: _UnderWay) -> Coroutine[Any, Any, Evidence]:
        once = partial(self._upstreams.evidence, service, under_way.request)
        return self._usable(service, once, under_way, under_way.until)

    def _score(
        self, evidence: Mapping[str, Evidence], under_way: _UnderWay, until: float
    ) -> Coroutine[Any, Any, Evidence]:
        once = partial(self._upstreams.score, under_way.request, values_for_scoring(evidence))
        return self._usable("scoring", once, under_way, until)

    async def _usable(self, service: str, once: Once, under_way: _UnderWay, until: float) -> Evidence:
        request = under_way.request
        calls = under_way.calls[service] = Calls(once, self._now)
        arrived = await self._policy.transport.ask(request, service, calls.ask, until)
        believed = self._policy.quality.check(request, service, arrived)
        calls.arrived, calls.rejected = arrived, believed.rejected
        if under_way.recall is not None and not believed.answered:
            await under_way.recall.wait()
        filled = under_way.missing.fill(request, service, believed)
        if filled is believed or (filled.usable and not self._policy.quality.plausible(request, service, filled)):
            return believed
        calls.filled_by = self._policy.fills_as
        return filled

    def _turned_away(self, request: CreditRequest) -> Checked:
        return Checked(self._policy.answer.say(TURNED_AWAY), self._policy.rollout.strategy_for(request), NOT_ASKED)
