"""What was undetermined is decided again when the source is back, slowly, and the person is notified.

That a source is back is learnt from the evidence of ordinary requests. Where there are none, the request that has
waited longest goes ahead as a probe. Nothing is decided again while people are being turned away at the door.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Final, Protocol

from creditstorm import steady
from creditstorm.credit import Answer, Decision, Evidence, EvidenceStatus, is_technical
from creditstorm.credit.case import CreditRequest
from mock_services.deciding.decide import Checked, Decider, Upstreams
from mock_services.deferrals.queue import Deferred, DeferredQueue, Notice, NoticeBoard
from mock_services.policies import admission, answer, axes
from mock_services.workers.background import Background
from mock_services.workers.token_bucket import TokenBucket

DECISION: Final = "decision"
"""What a person who was turned away waits for: room in this service itself."""
QUIET_S: Final = 1.0
"""So long nobody must have been turned away before there is room for those who wait."""
WINDOW_S: Final = 5.0

_FRESH: Final = frozenset({EvidenceStatus.OK, EvidenceStatus.EMPTY})


def fresh(found: Evidence) -> bool:
    """Whether a service has just said it itself."""
    return found.usable and found.status in _FRESH


@dataclass(slots=True)
class SourceHealth:
    """The latest news of each service counts; `skipped` (nobody asked) is no news, an old value is bad news."""

    capacity_hz: float = 0.0
    """The most decisions a second that were seen over a whole window."""
    last_request_at: float = -inf
    _turned_away_at: float = -inf
    _lost: set[str] = field(default_factory=set)
    _window_from: float = -inf
    _in_window: int = 0

    def request(self, now: float, *, let_in: bool) -> None:
        """An ordinary request was answered."""
        self.last_request_at = now
        if not let_in:
            self._turned_away_at = now
            return
        if now - self._window_from >= WINDOW_S:
            self.capacity_hz = max(self.capacity_hz, self._in_window / (now - self._window_from))
            self._window_from, self._in_window = now, 0
        self._in_window += 1

    def evidence(self, evidence: Mapping[str, Evidence]) -> None:
        """A request, ordinary or not, got this."""
        for service, found in evidence.items():
            if fresh(found):
                self._lost.discard(service)
            elif found.status is not EvidenceStatus.SKIPPED:
                self._lost.add(service)

    def missed(self, service: str) -> None:
        """Somebody could not be decided about for want of it."""
        self._lost.add(service)

    def room(self, now: float) -> bool:
        """Whether nobody was turned away of late: those who stand at the door come before those who wait."""
        return now - self._turned_away_at >= QUIET_S

    def back(self, service: str) -> bool:
        """Whether a service that was missed has been seen to answer since."""
        return service == DECISION or service not in self._lost


TICK_S: Final = 0.1
PROBE_EVERY_S: Final = 1.0
LEAST_HZ: Final = 1.0
"""So much may always be decided again, or a service that was never busy would never come round to it."""
BURST_S: Final = 0.5
MOST_AGAIN: Final = 3
"""So often a session may be deferred again; then the person is given up."""
TRIES_A_REDECISION: Final = 100
"""The tries of the n-th redecision are numbered from 100 n: it does not meet the draws that deferred the person."""

Again = Callable[[Deferred], Awaitable[Checked]]


def redecisions_of(
    policy: axes.Policy, upstreams: Upstreams, deadline_s: float, now: Callable[[], float] = steady.unix_s
) -> "Redecisions | None":
    """The redecisions of a policy that pushes, past its admission and with a fresh deadline; None for another."""
    if not isinstance(policy.answer, answer.PushVocabulary):
        return None
    past_the_door = replace(policy, admission=admission.OpenDoor())
    return Redecisions(policy.answer.spec, again_by(past_the_door, upstreams, deadline_s, now), now)


def again_by(policy: axes.Policy, upstreams: Upstreams, deadline_s: float, now: Callable[[], float]) -> Again:
    """How a person is decided about again by this policy, with a fresh deadline and fresh luck."""

    async def again(one: Deferred) -> Checked:
        decider = Decider(policy, LaterTries(upstreams, TRIES_A_REDECISION * one.redecided), now)
        return await decider.check(one.request, now() + deadline_s)

    return again


@dataclass(frozen=True, slots=True)
class LaterTries:
    """The same upstreams, asked with tries that are numbered from `first` on."""

    upstreams: Upstreams
    first: int

    async def evidence(self, service: str, request: CreditRequest, nth_try: int, until: float) -> Evidence:
        """What a source says about a person, given up at `until`."""
        return await self.upstreams.evidence(service, request, self.first + nth_try, until)

    async def score(
        self, request: CreditRequest, values: Mapping[str, float | None], nth_try: int, until: float
    ) -> Evidence:
        """The score on these values, given up at `until`."""
        return await self.upstreams.score(request, values, self.first + nth_try, until)


class Bounds(Protocol):
    """How much is decided again at most: `Push` says it, and whatever else makes people wait."""

    share: float
    within_s: float
    most: int


class Redecisions(Background):
    """Remembers who was told undetermined and decides again; ``async with`` it to have that happen by itself."""

    def __init__(self, spec: Bounds, again: Again, now: Callable[[], float] = steady.unix_s) -> None:
        self.board = NoticeBoard()
        self._queue = DeferredQueue(spec.within_s, spec.most)
        self._source_health = SourceHealth()
        self._share = spec.share
        self._again = again
        self._now = now
        self._under_way: dict[tuple[int, int], bool] = {}
        self._given_up = 0
        self._bucket = TokenBucket(LEAST_HZ, 1.0, now(), tokens=1.0)
        self._probed_at = -PROBE_EVERY_S

    @property
    def counts(self) -> dict[str, int]:
        """How many wait now, and how many of those who waited were notified, or never will be, and why."""
        queue, waiting = self._queue, len(self._queue) + len(self._under_way)
        lost = {"expired": queue.expired, "dropped": queue.dropped, "given_up": self._given_up}
        return {"waiting": waiting, "notified": self.board.posted, **lost}

    def page(self, after: int, limit: int) -> dict[str, object]:
        """The notices behind a cursor, and the counts."""
        return self.board.page(after, limit) | {"counts": self.counts}

    def observe(self, request: CreditRequest, checked: Checked) -> None:
        """An ordinary request was answered: learn from it, and remember the person if they have to wait."""
        lost, now = _lost(checked.decision), self._now()
        self._learn(checked, let_in=lost != DECISION)
        self._settle((request.applicant, request.session))
        if lost is not None:
            self._source_health.missed(lost)
            self._queue.put(Deferred(request, lost, now))

    def _learn(self, checked: Checked, *, let_in: bool) -> None:
        self._source_health.request(self._now(), let_in=let_in)
        self._source_health.evidence(checked.evidence)

    def _settle(self, key: tuple[int, int]) -> None:
        """The person has another answer now, and what was to be decided again is not."""
        self._under_way.pop(key, None)
        self._queue.forget(key)

    def due(self) -> list[Deferred]:
        """Who may be decided about again at this instant; each of them must be redecided."""
        now = self._now()
        self._queue.expire(now)
        self._fill(now)
        found = []
        while self._bucket.ready and (one := self._next(now)) is not None:
            self._bucket.take()
            found.append(one)
        return found

    async def redecide(self, one: Deferred) -> None:
        """Decide again, and notify the person or let them wait on."""
        checked = await self._again(one)
        self._source_health.evidence(checked.evidence)
        probe = self._under_way.pop(one.key, None)
        if probe is None:
            return  # the person tapped again meanwhile, and that answer counts
        lost = _lost(checked.decision)
        if lost is None:
            version = checked.strategy.version
            self.board.post(Notice(one.request, checked.decision, version, one.deferred_at, self._now()))
            return
        self._source_health.missed(lost)
        if probe:
            self._queue.put(replace(one, lost=lost))
        elif one.again < MOST_AGAIN:
            self._queue.put(replace(one, lost=lost, again=one.again + 1))
        else:
            self._given_up += 1

    async def run(self) -> None:
        """Decide again who is due, until cancelled."""
        async with asyncio.TaskGroup() as redecisions:
            while True:
                await asyncio.sleep(TICK_S)
                for one in self.due():
                    redecisions.create_task(self.redecide(one))

    def _fill(self, now: float) -> None:
        bucket = self._bucket
        bucket.hz = max(LEAST_HZ, self._share * self._source_health.capacity_hz)
        bucket.most = max(1.0, bucket.hz * BURST_S)
        bucket.fill(now)

    def _next(self, now: float) -> Deferred | None:
        if not self._source_health.room(now):
            return None
        one, probe = self._queue.take(self._source_health.back), False
        if one is None and self._may_probe(now):
            one, probe, self._probed_at = self._queue.take_oldest(), True, now
        if one is None:
            return None
        self._under_way[one.key] = probe
        return replace(one, redecided=one.redecided + 1)

    def _may_probe(self, now: float) -> bool:
        return min(now - self._source_health.last_request_at, now - self._probed_at) >= PROBE_EVERY_S


def _lost(decision: Decision) -> str | None:
    """The service whose want left a person without a decision; None where there is a decision."""
    if decision.answer is not Answer.UNDETERMINED or not is_technical(decision.cause):
        return None
    return decision.cause.partition(":")[2]
