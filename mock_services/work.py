"""How a source, or scoring, spends a worker on one call: queue, deadline, service time, calm draws, faults."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple, Self

from fastapi import Response
from pydantic_core import to_json
from creditstorm import steady
from creditstorm.credit import Keyed, ServiceProfile, draw, normal_quantile
from mock_services.faults.active import Kind
from mock_services.faults.hooks import Call, CallEffect, CallEffects, ServiceHandle
from mock_services.settings import Settings
from mock_services.wire.handling import JSON, refusal
from mock_services.workers.capacity import Capacity, QueueFullError

MAX_AGE_S: Final = 3600.0

_DRAW_TIME: Final = 0
_DRAW_STALL: Final = 1
_DRAW_MISSING: Final = 2
_DRAW_AGE: Final = 3


class CallDraw(NamedTuple):
    """One call's draws: how long a worker is busy with it, whether it fails in calm, how old its record is."""

    service_s: float
    missing: bool
    age_s: float


@dataclass(frozen=True)
class CallDraws:
    """The draws of the calls to one service."""

    seed: int
    service: str
    profile: ServiceProfile

    @cached_property
    def _stream(self) -> Keyed:
        return Keyed(self.seed, "latency", self.service)

    @cached_property
    def _lognormal(self) -> tuple[float, float]:
        return self.profile.mu, self.profile.sigma

    def of(self, applicant: int, session: int, attempt: int, nth_try: int) -> CallDraw:
        """The draws of this call; a lognormal service time, stretched by a rare stall."""
        bits = self._stream.bits(applicant, session, attempt, nth_try)
        profile, (mu, sigma) = self.profile, self._lognormal
        service_s = math.exp(mu + sigma * normal_quantile(draw(bits, _DRAW_TIME)))
        if draw(bits, _DRAW_STALL) < profile.stall_share:
            service_s *= profile.stall_factor
        return CallDraw(service_s, draw(bits, _DRAW_MISSING) < profile.missing_rate, MAX_AGE_S * draw(bits, _DRAW_AGE))


@dataclass(frozen=True, slots=True)
class Work:
    """The workers of one service, the draws of its calls and its faults; time and sleep arrive as arguments."""

    capacity: Capacity
    draws: CallDraws
    faults: CallEffects
    now: Callable[[], float] = steady.unix_s
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    @classmethod
    def of(
        cls,
        settings: Settings,
        kinds: Mapping[str, Kind[CallEffect]],
        *,
        now: Callable[[], float] = steady.unix_s,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> Self:
        """The workers that the settings ask for, and faults of these kinds, none of them on."""
        profile = settings.service_profile()
        capacity = Capacity(profile.workers, profile.queue)
        handle = ServiceHandle(settings.seed, settings.role, capacity, now)
        draws = CallDraws(settings.seed, settings.service, profile)
        return cls(capacity, draws, CallEffects(kinds, handle), now, sleep)

    async def answer(self, call: Call, deadline: float | None, payload: Callable[[CallDraw], object]) -> Response:
        """200 with the payload; 503 when it fails in calm or is shed; 504 when nobody waits for it any more.

        The deadline is looked at when a worker takes the call, so that work nobody waits for is not done. A fault acts
        on every call that passes its hook while it is on, however long the call is under way already.
        """
        faults = self.faults
        if faults.on and (refused := faults.refused(call)):
            return refused
        call_draw = self.draws.of(call.applicant, call.session, call.attempt, call.nth_try)
        try:
            async with self.capacity:
                if deadline is not None and self.now() >= deadline:
                    return refusal(504, "the deadline had passed before a worker was free")
                await self.sleep(faults.stretched(call, call_draw.service_s) if faults.on else call_draw.service_s)
        except QueueFullError:
            return refusal(503, "the queue is full", {"Retry-After": "1"})
        if faults.on and (failed := faults.failed(call)):
            return failed
        if call_draw.missing:
            return refusal(503, "temporarily unavailable")
        body = to_json(payload(call_draw))
        return Response(faults.spoiled(call, body) if faults.on else body, media_type=JSON)
