"""A worker is spent on a call only when somebody still waits for the answer."""

from __future__ import annotations

import asyncio
import statistics
from dataclasses import dataclass, field, replace

import pytest
from fastapi import Response
from creditstorm.credit.sources import CALM
from mock_services.faults.hooks import CallEffects, ServiceHandle
from mock_services.wire.payloads import EvidenceRequest
from mock_services.work import CallDraw, CallDraws, Work
from mock_services.workers.capacity import Capacity

BUREAU = CallDraws(7, "bureau", CALM["bureau"])


def many(draws: CallDraws = BUREAU, n: int = 20_000) -> list[CallDraw]:
    return [draws.of(applicant, 1, 0, 0) for applicant in range(n)]


def test_the_same_call_meets_the_same_luck() -> None:
    """Two processes with the same seed agree on a call's draws."""
    assert CallDraws(7, "bureau", CALM["bureau"]).of(3, 1, 2, 0) == BUREAU.of(3, 1, 2, 0)


@pytest.mark.parametrize("key", [(4, 1, 2, 0), (3, 2, 2, 0), (3, 1, 3, 0), (3, 1, 2, 1)])
def test_every_part_of_the_key_counts(key: tuple[int, int, int, int]) -> None:
    """Another applicant, session, attempt or try meets other draws."""
    assert BUREAU.of(*key).service_s != BUREAU.of(3, 1, 2, 0).service_s


def test_services_do_not_share_luck() -> None:
    """The same call to another service with the same profile meets other draws."""
    assert CallDraws(7, "income", CALM["bureau"]).of(3, 1, 2, 0).service_s != BUREAU.of(3, 1, 2, 0).service_s


@pytest.mark.parametrize(("rank", "field"), [(50, "p50_s"), (99, "p99_s")])
def test_service_times_have_the_quantiles_of_the_profile(rank: int, field: str) -> None:
    """Without stalls p50 and p99 of 20,000 calls are those of the profile, to 6 %."""
    smooth = CallDraws(7, "bureau", replace(CALM["bureau"], stall_share=0.0))
    quantile = statistics.quantiles([call_draw.service_s for call_draw in many(smooth)], n=100)[rank - 1]
    assert quantile == pytest.approx(getattr(CALM["bureau"], field), rel=0.06)


def test_a_stall_stretches_the_same_call() -> None:
    """A call that stalls takes the stall factor times as long as it would have."""
    smooth = CallDraws(7, "bureau", replace(CALM["bureau"], stall_share=0.0))
    stalled = CallDraws(7, "bureau", replace(CALM["bureau"], stall_share=1.0))
    assert stalled.of(3, 1, 0, 0).service_s == 10.0 * smooth.of(3, 1, 0, 0).service_s


def test_calm_missing_rate() -> None:
    """The share of failing calls is that of the profile: 0.6 % of 20,000, within 4 standard errors."""
    share = statistics.fmean(call_draw.missing for call_draw in many())
    assert abs(share - 0.006) <= 4 * (0.006 * 0.994 / 20_000) ** 0.5


def test_records_are_less_than_an_hour_old() -> None:
    """Ages fill the last hour."""
    ages = [call_draw.age_s for call_draw in many()]
    assert 0.0 < min(ages) < 10.0
    assert 3590.0 < max(ages) < 3600.0


FINE = CallDraw(service_s=0.25, missing=False, age_s=10.0)


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


class Fates:
    """The draws of each applicant, as told."""

    def __init__(self, *fates: CallDraw) -> None:
        self._fates = fates

    def of(self, applicant: int, *_key: int) -> CallDraw:
        return self._fates[applicant]


def answers(*calls: tuple[CallDraw, float | None], clock: Clock, queue: int = 5) -> list[Response]:
    capacity = Capacity(1, queue)
    faults = CallEffects({}, ServiceHandle(7, "bureau", capacity, clock.now))
    work = Work(capacity, Fates(*(call_draw for call_draw, _ in calls)), faults, clock.now, clock.sleep)
    asked = [EvidenceRequest(applicant=n, session=1, attempt=0) for n in range(len(calls))]

    async def all_at_once() -> list[Response]:
        untils = (until for _, until in calls)
        return await asyncio.gather(
            *(work.answer(call, until, lambda _: {"score": 612}) for call, until in zip(asked, untils, strict=True))
        )

    return asyncio.run(all_at_once())


def test_a_worker_is_busy_for_the_service_time() -> None:
    """A good call takes its service time and gets the payload."""
    clock = Clock()
    (response,) = answers((FINE, None), clock=clock)
    assert (response.status_code, bytes(response.body), clock.slept) == (200, b'{"score":612}', [0.25])


def test_an_expired_call_is_dropped_when_a_worker_takes_it() -> None:
    """The second call's deadline passes in the queue: 504, and no worker spends time on it."""
    clock = Clock()
    responses = answers((FINE, None), (FINE, 1000.2), clock=clock)
    assert [response.status_code for response in responses] == [200, 504]
    assert clock.slept == [0.25]


@pytest.mark.parametrize(("deadline", "status"), [(1000.0, 504), (999.0, 504), (1000.001, 200)])
def test_the_deadline_is_an_instant(deadline: float, status: int) -> None:
    """A call is dropped from the very instant of its deadline on."""
    (response,) = answers((FINE, deadline), clock=Clock())
    assert response.status_code == status


def test_a_full_queue_is_503_with_a_hint() -> None:
    """Overload says when to come back."""
    responses = answers((FINE, None), (FINE, None), clock=Clock(), queue=0)
    assert [response.status_code for response in responses] == [200, 503]
    assert responses[1].headers["retry-after"] == "1"


def test_a_calm_failure_costs_a_worker_too() -> None:
    """What fails in calm fails after its service time, without a hint."""
    clock = Clock()
    (response,) = answers((CallDraw(0.25, missing=True, age_s=0.0), None), clock=clock)
    assert (response.status_code, clock.slept, "retry-after" in response.headers) == (503, [0.25], False)
