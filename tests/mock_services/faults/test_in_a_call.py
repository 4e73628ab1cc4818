"""ActiveFaults in the life of a real call: what takes a worker's time, what does not, and when a fault acts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import Response
from creditstorm.credit.sources import CALM
from mock_services.faults.hooks import CallEffects, ServiceHandle
from mock_services.faults.registry import kinds_of
from mock_services.work import CallDraw, CallDraws, Work
from mock_services.workers.capacity import Capacity
from tests.mock_services import virtual_time
from tests.mock_services.faults.bench import call

SERVICE_S = 0.25


class Steady(CallDraws):
    """Every call takes the same time and none fails in calm."""

    def of(self, applicant: int, session: int, attempt: int, nth_try: int) -> CallDraw:
        return CallDraw(SERVICE_S, missing=False, age_s=0.0)


@dataclass
class Counter:
    """A service on virtual time."""

    workers: int = 1
    queue: int = 10
    work: Work = field(init=False)

    def __post_init__(self) -> None:
        capacity = Capacity(self.workers, self.queue)
        handle = ServiceHandle(7, "bureau", capacity, virtual_time.now)
        faults = CallEffects(kinds_of("bureau"), handle)
        self.work = Work(capacity, Steady(7, "bureau", CALM["bureau"]), faults, virtual_time.now)

    def put(self, kind: str, **params: object) -> None:
        self.work.faults.put(kind, {"kind": kind} | params)

    def remove(self, kind: str) -> int:
        return self.work.faults.remove(kind)

    async def ask(self, applicant: int = 7, until: float | None = None) -> tuple[int, float]:
        """The status, and when it came."""
        response = await self.work.answer(call(applicant), until, lambda _: {"record": {"bureau_score": 600}})
        return response.status_code, round(virtual_time.now(), 6)


def told(counter: Counter, story: Callable[[Counter], Coroutine[Any, Any, Any]]) -> Any:
    return virtual_time.run(story(counter))


@pytest.mark.parametrize(
    ("kind", "params", "status", "took_s", "served"),
    [
        ("errors", {"status": 503}, 503, SERVICE_S, 1),
        ("errors", {"status": 429}, 429, 0.0, 0),
        ("consent_revoked", {"share": 1.0}, 403, 0.0, 0),
        ("slow", {"factor": 4.0, "add_s": 1.0}, 200, 4 * SERVICE_S + 1.0, 1),
        ("sick", {"factor": 2.0, "share": 1.0}, 503, 2 * SERVICE_S, 1),
        ("malformed", {}, 200, SERVICE_S, 1),
    ],
)
def test_what_takes_time(kind: str, params: dict[str, object], status: int, took_s: float, served: int) -> None:
    """What is turned away at the gate costs no worker; what fails after the work costs all of it."""

    async def story(counter: Counter) -> tuple[int, float]:
        counter.put(kind, **params)
        return await counter.ask()

    counter = Counter()
    assert told(counter, story) == (status, took_s)
    assert (counter.work.capacity.served, counter.remove(kind)) == (served, 1)


def test_slow_holds_the_worker() -> None:
    """The next call waits until the slow one is done."""

    async def story(counter: Counter) -> Any:
        counter.put("slow", factor=10.0)
        return await asyncio.gather(counter.ask(), counter.ask())

    assert told(Counter(), story) == [(200, 2.5), (200, 5.0)]


def test_a_slow_call_that_is_not_worked_on_is_not_met() -> None:
    """A call whose deadline passed in the queue was never slow."""

    async def story(counter: Counter) -> Any:
        counter.put("slow", factor=10.0)
        return await asyncio.gather(counter.ask(), counter.ask(until=1.0))

    counter = Counter()
    assert told(counter, story) == [(200, 2.5), (504, 2.5)]
    assert counter.remove("slow") == 1


def test_a_fault_acts_on_calls_that_are_under_way() -> None:
    """A call that began in calm fails when errors are on at its end; one that began under them does not after them."""

    async def story(counter: Counter) -> Any:
        first = asyncio.create_task(counter.ask())
        await asyncio.sleep(0.1)
        counter.put("errors")
        second = asyncio.create_task(counter.ask())
        assert await first == (503, 0.25)
        counter.remove("errors")
        return await second

    assert told(Counter(), story) == (200, 0.5)


def test_less_capacity_makes_callers_wait() -> None:
    """Of four at once with half of four workers two wait, and are the receipt; the workers come back."""

    async def story(counter: Counter) -> Any:
        counter.put("capacity", factor=0.5)
        under = await asyncio.gather(*(counter.ask() for _ in range(4)))
        assert counter.remove("capacity") == 2
        return under, await asyncio.gather(*(counter.ask() for _ in range(4)))

    under, after = told(Counter(workers=4), story)
    assert under == [(200, 0.25), (200, 0.25), (200, 0.5), (200, 0.5)]
    assert after == [(200, 0.75)] * 4


def test_waiting_in_calm_is_no_receipt() -> None:
    """Who waited before the fault, or after it, did not meet it."""

    async def story(counter: Counter) -> int:
        await asyncio.gather(counter.ask(), counter.ask())
        counter.put("capacity", factor=0.5)
        await counter.ask()
        return counter.remove("capacity")

    assert told(Counter(), story) == 0


def test_a_full_queue_is_met_before_errors() -> None:
    """Who is shed is told so, and is no receipt of the errors."""

    async def story(counter: Counter) -> Any:
        counter.put("errors", status=500)
        return await asyncio.gather(counter.ask(), counter.ask())

    counter = Counter(queue=0)
    assert told(counter, story) == [(500, 0.25), (503, 0.0)]
    assert counter.remove("errors") == 1


def test_half_a_body_is_as_long_as_it_says() -> None:
    """The content length of a malformed answer is that of the half."""

    async def story(counter: Counter) -> Response:
        counter.put("malformed")
        return await counter.work.answer(call(7), None, lambda _: {"record": None})

    response = told(Counter(), story)
    assert (response.status_code, bytes(response.body)) == (200, b'{"recor')
    assert response.headers["content-length"] == "7"
    with pytest.raises(ValueError, match="Unterminated"):
        json.loads(response.body)
