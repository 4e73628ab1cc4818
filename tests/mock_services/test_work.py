"""A worker is spent on a call only when somebody still waits for the answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from fastapi import Response

from creditstorm.credit.sources import CALM
from mock_services.capacity import Capacity
from mock_services.luck import Fate, Luck
from mock_services.work import Work

FINE = Fate(service_s=0.25, missing=False, age_s=10.0)


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    t: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.t

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)
        self.t += seconds


def work_with(clock: Clock, *, workers: int = 1, queue: int = 5) -> Work:
    return Work(Capacity(workers, queue), Luck(7, "bureau", CALM["bureau"]), clock.now, clock.sleep)


def answers(work: Work, *calls: tuple[Fate, float | None]) -> list[Response]:
    async def all_at_once() -> list[Response]:
        return await asyncio.gather(*(work.answer(fate, until, lambda: {"score": 612}) for fate, until in calls))

    return asyncio.run(all_at_once())


def test_a_worker_is_busy_for_the_service_time() -> None:
    """A good call takes its service time and gets the payload."""
    clock = Clock()
    (response,) = answers(work_with(clock), (FINE, None))
    assert (response.status_code, bytes(response.body), clock.slept) == (200, b'{"score":612}', [0.25])


def test_an_expired_call_is_dropped_when_a_worker_takes_it() -> None:
    """The second call's deadline passes in the queue: 504, and no worker spends time on it."""
    clock = Clock()
    responses = answers(work_with(clock), (FINE, None), (FINE, 1000.2))
    assert [response.status_code for response in responses] == [200, 504]
    assert clock.slept == [0.25]


@pytest.mark.parametrize(("deadline", "status"), [(1000.0, 504), (999.0, 504), (1000.001, 200)])
def test_the_deadline_is_an_instant(deadline: float, status: int) -> None:
    """A call is dropped from the very instant of its deadline on."""
    (response,) = answers(work_with(Clock()), (FINE, deadline))
    assert response.status_code == status


def test_a_full_queue_is_503_with_a_hint() -> None:
    """Overload says when to come back."""
    responses = answers(work_with(Clock(), queue=0), (FINE, None), (FINE, None))
    assert [response.status_code for response in responses] == [200, 503]
    assert responses[1].headers["retry-after"] == "1"


def test_a_calm_failure_costs_a_worker_too() -> None:
    """What fails in calm fails after its service time, without a hint."""
    clock = Clock()
    (response,) = answers(work_with(clock), (Fate(0.25, missing=True, age_s=0.0), None))
    assert (response.status_code, clock.slept, "retry-after" in response.headers) == (503, [0.25], False)
