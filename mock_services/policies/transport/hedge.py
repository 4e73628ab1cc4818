"""A second try where the first takes unusually long; the first good answer counts, the other try is cancelled."""

import asyncio
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Final

from creditstorm import steady
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.transport import Hedge
from mock_services.policies.axes import Once
from mock_services.workers.token_bucket import TokenBucket

MOST_SAVED: Final = 10.0
"""Second tries that may be saved up in calm: enough for a hiccup, nothing against a service that is down."""


class SlidingQuantile:
    """A quantile (nearest rank) of the last `window` values."""

    def __init__(self, quantile: float, window: int) -> None:
        self._quantile = quantile
        self._window = window
        self._in_order_of_time: deque[float] = deque()
        self._sorted: list[float] = []

    def __len__(self) -> int:
        return len(self._sorted)

    def add(self, value: float) -> None:
        """The newest value comes in, the oldest goes when the window is full."""
        if len(self._sorted) == self._window:
            del self._sorted[bisect_left(self._sorted, self._in_order_of_time.popleft())]
        self._in_order_of_time.append(value)
        insort(self._sorted, value)

    def value(self) -> float:
        """The quantile; there must be a value."""
        return self._sorted[max(0, ceil(self._quantile * len(self._sorted)) - 1)]


@dataclass(slots=True)
class _Service:
    """What is known of one service: how long its first tries take, and how many second tries are saved up."""

    took_s: SlidingQuantile
    saved: TokenBucket

    def learn(self, first: Evidence | None, waited_s: float) -> None:
        """A first try that was cancelled took at least `waited_s`; a quick failure says nothing about slowness."""
        if first is None:
            self.took_s.add(waited_s)
        elif first.answered or first.status is EvidenceStatus.LATE:
            self.took_s.add(waited_s if first.latency_s is None else first.latency_s)


@dataclass(frozen=True, slots=True)
class HedgeTransport:
    """Never more than two tries a request, and never more second tries than the share `extra` of the requests.

    The quantile is measured, so it follows a service that becomes slow, and hedging ends by itself when all are slow.
    A failure that comes before the second try is final: hedging is against slowness, not against errors.
    """

    spec: Hedge
    now: Callable[[], float] = steady.unix_s
    _known: dict[str, _Service] = field(default_factory=dict)

    async def ask(self, request: CreditRequest, service: str, once: Once, until: float) -> Evidence:  # noqa: ARG002 - all alike
        """The first usable evidence of at most two tries."""
        known = self._known.get(service) or self._known.setdefault(service, self._new())
        started = self.now()
        known.saved.fill(started, self.spec.extra)
        after_s = self._patience(known)
        if after_s is None or started + after_s >= until:
            evidence = await once(0, until)
            known.learn(evidence, self.now() - started)
            return evidence
        return await self._race(known, once, until, after_s)

    def _new(self) -> _Service:
        saved = TokenBucket(0.0, MOST_SAVED, self.now(), tokens=0.0)
        return _Service(SlidingQuantile(self.spec.quantile, self.spec.window), saved)

    def _patience(self, known: _Service) -> float | None:
        if len(known.took_s) < self.spec.warm_up or not known.saved.ready:
            return None
        return max(self.spec.floor_s, known.took_s.value())

    async def _race(self, known: _Service, once: Once, until: float, after_s: float) -> Evidence:
        started = self.now()
        first = asyncio.ensure_future(once(0, until))
        tries = [first]
        try:
            await asyncio.wait(tries, timeout=after_s)
            if not first.done() and known.saved.take():
                tries.append(asyncio.ensure_future(once(1, until)))
            evidence = await _first_usable(tries)
        finally:
            for one in tries:
                one.cancel()
        waited_s = self.now() - started
        known.learn(first.result() if first.done() and not first.cancelled() else None, waited_s)
        return evidence if len(tries) == 1 else replace(evidence, latency_s=waited_s)


async def _first_usable(tries: Sequence[asyncio.Future[Evidence]]) -> Evidence:
    evidence = Evidence(EvidenceStatus.SKIPPED)
    for one in asyncio.as_completed(tries):
        evidence = await one
        if evidence.answered:
            break
    return evidence
