"""How a source, or scoring, spends a worker on one call: queue, deadline, service time, calm draws, faults."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Self

from fastapi import Response
from pydantic_core import to_json

from mock_services.faults.calls import CallEffect, CallEffects
from mock_services.faults.effect import Kind
from mock_services.faults.handles import ServiceHandle
from mock_services.faults.hooks import Call
from mock_services.settings import Settings
from mock_services.wire.responses import JSON, refusal
from mock_services.workers.call_draw import CallDraw, CallDraws
from mock_services.workers.capacity import Capacity, QueueFullError


@dataclass(frozen=True, slots=True)
class Work:
    """The workers of one service, the draws of its calls and its faults; time and sleep arrive as arguments."""

    capacity: Capacity
    draws: CallDraws
    faults: CallEffects
    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    @classmethod
    def of(cls, settings: Settings, kinds: Mapping[str, Kind[CallEffect]]) -> Self:
        """The workers that the settings ask for, and faults of these kinds, none of them on."""
        profile = settings.service_profile()
        capacity = Capacity(profile.workers, profile.queue)
        handle = ServiceHandle(settings.seed, settings.role, capacity, time.time)
        return cls(capacity, CallDraws(settings.seed, settings.service, profile), CallEffects(kinds, handle))

    async def answer(self, call: Call, deadline: float | None, payload: Callable[[CallDraw], object]) -> Response:
        """200 with the payload; 503 when it fails in calm or is shed; 504 when nobody waits for it any more.

        The deadline is looked at when a worker takes the call, so that work nobody waits for is not done. A fault acts
        on every call that passes its moment while it is on, however long the call is under way already.
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
