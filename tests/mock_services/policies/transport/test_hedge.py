"""Hedging: a second try after a measured quantile, never a third, never more than the share of extra calls."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.transport import Hedge
from mock_services.policies.transport.hedge import HedgeTransport, SlidingQuantile
from tests.mock_services.policies.cases import PEOPLE, asked_by
from tests.mock_services.policies.scripted import ERROR, LATE, OK, Service
from tests.mock_services.virtual_time import now, run

ASKED = asked_by(PEOPLE.applicant(7))
TOLD = Hedge(warm_up=20, extra=0.05)
QUICK = Service(lambda _nth: (0.1, OK))


def after_calm(*services: Service, told: Hedge = TOLD, calm: int = 20, until_s: float = 2.0) -> list[Evidence]:
    """The evidence of each service's call, one after another, once `calm` calls have taken 0.1 s each."""

    async def story() -> list[Evidence]:
        transport = HedgeTransport(told, now)
        for _ in range(calm):
            await transport.ask(ASKED, "bureau", QUICK.once, now() + until_s)
        return [await transport.ask(ASKED, "bureau", one.once, now() + until_s) for one in services]

    return run(story())


def test_a_slow_first_try_gets_a_second_one() -> None:
    """After the p95 of 0.1 s a second try goes out; its answer counts and the first one hangs up."""
    service = Service(lambda nth: (9.0, OK) if nth == 0 else (0.2, OK))
    (evidence,) = after_calm(service)
    assert (evidence.value, evidence.latency_s) == (1.0, pytest.approx(0.3))
    assert (service.numbers, service.cancelled) == ([0, 1], 1)
    assert service.tries[1].began - service.tries[0].began == pytest.approx(0.1)


def test_the_loser_hangs_up_at_once() -> None:
    """The try that lost is cancelled when the other one wins, not when its own time is over."""
    service = Service(lambda nth: (9.0, OK) if nth == 0 else (0.2, OK))

    async def story() -> tuple[int, float]:
        transport = HedgeTransport(TOLD.model_copy(update={"warm_up": 1, "extra": 1.0}), now)
        await transport.ask(ASKED, "bureau", QUICK.once, 9.0)
        await transport.ask(ASKED, "bureau", service.once, 20.0)
        await asyncio.sleep(0.0)
        return service.cancelled, now()

    assert run(story()) == (1, pytest.approx(0.4))


def test_a_share_of_the_calls_and_no_more() -> None:
    """When each call is slower than all before, a quarter of them is asked twice with `extra` at 25 %."""
    slower = [Service(lambda _nth, took_s=0.2 + 0.01 * number: (took_s, OK)) for number in range(100)]
    after_calm(*slower, told=TOLD.model_copy(update={"extra": 0.25}), calm=20)
    assert sum(len(service.tries) - 1 for service in slower) == (20 + 100) * 0.25


def test_a_cancelled_first_try_counts_as_slow() -> None:
    """A first try that was cut short taught nothing but that it takes longer: patience grows, it does not stay."""
    stuck = [Service(lambda nth: (9.0, OK) if nth == 0 else (0.05, OK)) for _ in range(40)]
    after_calm(*stuck, told=TOLD.model_copy(update={"extra": 1.0}))
    waits = [round(service.tries[1].began - service.tries[0].began, 6) for service in stuck]
    assert waits[0] == 0.1
    assert waits == sorted(waits)
    assert waits[-1] > 0.5


def test_the_first_try_may_still_win() -> None:
    """The second try is cancelled when the first comes back before it."""
    service = Service(lambda nth: (0.15, OK) if nth == 0 else (0.2, OK))
    (evidence,) = after_calm(service)
    assert (evidence.value, service.numbers, service.cancelled) == (0.0, [0, 1], 1)


def test_a_quick_first_try_is_all() -> None:
    """What comes before the p95 is not asked for again."""
    service = Service(lambda _nth: (0.09, OK))
    assert after_calm(service)[0].latency_s == 0.09
    assert service.numbers == [0]


def test_a_quick_failure_is_final() -> None:
    """Hedging is against slowness: an error before the second try is the answer."""
    service = Service(lambda _nth: (0.05, ERROR))
    assert after_calm(service)[0].status is ERROR
    assert service.numbers == [0]


@pytest.mark.parametrize(("first", "second", "value"), [(ERROR, OK, 1.0), (OK, ERROR, 0.0)])
def test_a_failure_waits_for_the_other_try(first: EvidenceStatus, second: EvidenceStatus, value: float) -> None:
    """While the other try may still get something, a failure is not the answer."""
    times = {ERROR: 0.15, OK: 0.5}
    service = Service(lambda nth: (times[first], first) if nth == 0 else (times[second], second))
    assert after_calm(service)[0].value == value


def test_two_failures_are_a_failure() -> None:
    """When neither gets anything, that is the evidence, by the deadline."""
    service = Service(lambda nth: (9.0, OK) if nth == 0 else (0.1, ERROR))
    (evidence,) = after_calm(service)
    assert (evidence.status, service.numbers) == (LATE, [0, 1])
    assert evidence.latency_s == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("told", "calm", "until_s"),
    [
        (TOLD, 18, 2.0),
        (TOLD.model_copy(update={"warm_up": 30}), 20, 2.0),
        (TOLD.model_copy(update={"extra": 0.0}), 40, 2.0),
        (TOLD.model_copy(update={"floor_s": 2.0}), 40, 2.0),
        (TOLD, 40, 0.1),
    ],
)
def test_when_no_second_try_goes_out(told: Hedge, calm: int, until_s: float) -> None:
    """Not before the warm-up, not without a saved call, and not when the deadline comes first."""
    service = Service(lambda _nth: (9.0, OK))
    after_calm(service, told=told, calm=calm, until_s=until_s)
    assert service.numbers == [0]


def test_the_floor() -> None:
    """A service that always answers in a microsecond is not asked twice for a hiccup of less than the floor."""
    told = TOLD.model_copy(update={"floor_s": 0.5})
    short, long = Service(lambda _nth: (0.4, OK)), Service(lambda _nth: (0.6, OK))
    after_calm(short, long, told=told)
    assert (short.numbers, long.numbers) == ([0], [0, 1])


def test_it_learns_that_all_have_become_slow() -> None:
    """When every call takes about a second, the p95 follows, and only the slowest of those are asked twice."""
    slow = [Service(lambda _nth, took_s=1.0 + 0.02 * (number % 20): (took_s, OK)) for number in range(80)]
    after_calm(*slow, told=TOLD.model_copy(update={"window": 40, "extra": 1.0}))
    assert slow[0].numbers == [0, 1]
    assert sum(service.numbers == [0, 1] for service in slow[-40:]) <= 4


def test_quick_failures_do_not_teach_impatience() -> None:
    """A service that fails at once for a while still has the p95 of its real answers."""
    failing = [Service(lambda _nth: (0.0, ERROR)) for _ in range(100)]
    patient = Service(lambda _nth: (0.09, OK))
    after_calm(*failing, patient, told=TOLD.model_copy(update={"window": 30, "extra": 1.0}))
    assert patient.numbers == [0]


def test_a_cancelled_request_cancels_both_tries() -> None:
    """When nobody waits any more, both tries hang up."""
    service = Service(lambda _nth: (9.0, OK))

    async def story() -> None:
        transport = HedgeTransport(TOLD.model_copy(update={"warm_up": 1, "extra": 1.0}), now)
        await transport.ask(ASKED, "bureau", QUICK.once, 9.0)
        request = asyncio.create_task(transport.ask(ASKED, "bureau", service.once, 9.0))
        await asyncio.sleep(0.5)
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
        await asyncio.sleep(0.0)

    run(story())
    assert (service.numbers, service.cancelled) == ([0, 1], 2)


def test_services_are_measured_apart() -> None:
    """What is slow for the bureau is not slow for the income."""
    income = Service(lambda _nth: (1.0, OK))

    async def story() -> None:
        transport = HedgeTransport(TOLD, now)
        for _ in range(40):
            await transport.ask(ASKED, "bureau", QUICK.once, now() + 2.0)
        await transport.ask(ASKED, "income", income.once, now() + 2.0)

    run(story())
    assert income.numbers == [0]


_luck = st.lists(st.tuples(st.floats(0.0, 3.0), st.sampled_from([OK, ERROR, LATE])), min_size=2, max_size=2)


@given(
    calls=st.lists(_luck, min_size=1, max_size=120),
    extra=st.floats(0.0, 0.5),
    warm_up=st.integers(1, 20),
)
def test_at_most_two_tries_and_never_more_than_the_extra_share(
    calls: list[list[tuple[float, EvidenceStatus]]], extra: float, warm_up: int
) -> None:
    """Whatever a service does: two tries at most, second ones at most `extra` of the calls so far, all in time."""
    services = [Service(draws.__getitem__) for draws in calls]
    found = after_calm(*services, told=Hedge(warm_up=warm_up, window=20, extra=extra), calm=0)
    assert all(service.numbers in ([0], [0, 1]) for service in services)
    assert sum(len(service.tries) - 1 for service in services) <= extra * len(calls) + 1e-9
    assert all(evidence.latency_s is not None and evidence.latency_s <= 2.0 + 1e-9 for evidence in found)


@given(values=st.lists(st.floats(0.0, 10.0), min_size=1, max_size=80), window=st.integers(1, 30))
def test_the_quantile_is_that_of_the_window(values: Sequence[float], window: int) -> None:
    """The same as sorting the last values: the smallest that at least 95 % of them do not exceed."""
    sliding = SlidingQuantile(0.95, window)
    for value in values:
        sliding.add(value)
    last = sorted(values[-window:])
    expected = next(value for index, value in enumerate(last, 1) if index >= 0.95 * len(last))
    assert (sliding.value(), len(sliding)) == (expected, len(last))
