"""How a source, or scoring, spends a worker on one call: queue, deadline, service time, calm luck, faults."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from fastapi import Response
from pydantic_core import to_json

from mock_services.capacity import Capacity, QueueFullError
from mock_services.faults.base import Kind
from mock_services.faults.calls import CallFault, CallFaults
from mock_services.faults.moments import Call
from mock_services.faults.site import Site
from mock_services.luck import Fate, Luck
from mock_services.settings import Settings

_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Work:
    """The workers of one service, the luck of its calls and its faults; time and sleep arrive as arguments."""

    capacity: Capacity
    luck: Luck
    faults: CallFaults
    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    @classmethod
    def of(cls, settings: Settings, kinds: Mapping[str, Kind[CallFault]]) -> Self:
        """The workers that the settings ask for, and faults of these kinds, none of them on."""
        profile = settings.service_profile()
        capacity = Capacity(profile.workers, profile.queue)
        site = Site(settings.seed, settings.role, capacity, time.time)
        return cls(capacity, Luck(settings.seed, settings.service, profile), CallFaults(kinds, site))

    async def answer(self, call: Call, deadline: float | None, payload: Callable[[Fate], object]) -> Response:
        """200 with the payload; 503 when it fails in calm or is shed; 504 when nobody waits for it any more.

        The deadline is looked at when a worker takes the call, so that work nobody waits for is not done. A fault acts
        on every call that passes its moment while it is on, however long the call is under way already.
        """
        faults = self.faults
        if faults.on and (refused := faults.refused(call)):
            return refused
        fate = self.luck.of(call.applicant, call.session, call.attempt, call.nth_try)
        try:
            async with self.capacity:
                if deadline is not None and self.now() >= deadline:
                    return refusal(504, "the deadline had passed before a worker was free")
                await self.sleep(faults.stretched(call, fate.service_s) if faults.on else fate.service_s)
        except QueueFullError:
            return refusal(503, "the queue is full", {"Retry-After": "1"})
        if faults.on and (failed := faults.failed(call)):
            return failed
        if fate.missing:
            return refusal(503, "temporarily unavailable")
        body = to_json(payload(fate))
        return Response(faults.spoiled(call, body) if faults.on else body, media_type=_JSON)


def refusal(status: int, error: str, headers: dict[str, str] | None = None) -> Response:
    """A failure with a word about why."""
    return Response(to_json({"error": error}), status, headers, _JSON)


def json_response(payload: object, headers: dict[str, str] | None = None) -> Response:
    """A 200 of JSON, written by pydantic's serialiser in one step."""
    return Response(to_json(payload), headers=headers, media_type=_JSON)
