"""The breaker opens after failures in a row, skips while open, and probes with one call."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from mock_services.policies.transport.breaker import BreakerTransport
from tests.mock_services.policies.cases import PEOPLE, asked_by

ASKED = asked_by(PEOPLE.applicant(7))
OK = EvidenceStatus.OK
LATE = EvidenceStatus.LATE
ERROR = EvidenceStatus.ERROR
SKIPPED = EvidenceStatus.SKIPPED
AT_ONCE_S = 1e-9
NEVER_S = 1e9


class Service:
    """Answers with the next status of a script."""

    def __init__(self, *script: EvidenceStatus) -> None:
        self.script = list(script)
        self.asked = 0

    async def once(self, _nth_try: int, _until: float) -> Evidence:
        self.asked += 1
        await asyncio.sleep(0)
        return Evidence(self.script.pop(0), 1.0)


def statuses(transport: BreakerTransport, service: Service, calls: int) -> list[EvidenceStatus]:
    async def one_after_another() -> list[EvidenceStatus]:
        return [(await transport.ask(ASKED, "bureau", service.once, 9.0)).status for _ in range(calls)]

    return asyncio.run(one_after_another())


@pytest.mark.parametrize("failure", [LATE, ERROR, EvidenceStatus.MALFORMED])
def test_opens_after_failures_in_a_row(failure: EvidenceStatus) -> None:
    """After three failures in a row, of whatever kind, the service is not asked any more."""
    service = Service(failure, failure, failure)
    assert statuses(BreakerTransport(3, NEVER_S), service, 5) == [failure] * 3 + [SKIPPED] * 2
    assert service.asked == 3


def test_a_success_starts_the_count_again() -> None:
    """Two failures, a success, two failures: closed with a threshold of three."""
    script = (LATE, LATE, OK, LATE, LATE, OK)
    assert statuses(BreakerTransport(3, NEVER_S), Service(*script), 6) == list(script)


def test_a_replica_that_fails_is_not_the_service() -> None:
    """While another replica is left the breaker stays closed, however many failures there are."""
    asked = 0

    async def once(_nth_try: int, _until: float) -> Evidence:
        nonlocal asked
        asked += 1
        return Evidence(ERROR, replica_left=asked <= 10)

    async def story() -> list[EvidenceStatus]:
        transport = BreakerTransport(3, NEVER_S)
        return [(await transport.ask(ASKED, "bureau", once, 9.0)).status for _ in range(14)]

    assert asyncio.run(story()) == [ERROR] * 13 + [SKIPPED]


def test_no_record_is_no_failure() -> None:
    """A true "no record" keeps the breaker closed."""
    assert SKIPPED not in statuses(BreakerTransport(1, NEVER_S), Service(*[EvidenceStatus.EMPTY] * 3), 3)


@pytest.mark.parametrize(("probe", "after"), [(OK, [OK, OK]), (LATE, [LATE, OK])])
def test_a_probe_decides(probe: EvidenceStatus, after: Sequence[EvidenceStatus]) -> None:
    """When its time is over a call goes out: a success closes the breaker, a failure opens it again."""
    service = Service(LATE, LATE, probe, *after)
    transport = BreakerTransport(2, AT_ONCE_S)
    assert statuses(transport, service, 5) == [LATE, LATE, probe, *after]


def test_one_probe_at_a_time() -> None:
    """Of ten calls that come when the breaker may probe, one goes out and nine are skipped."""
    transport = BreakerTransport(1, AT_ONCE_S)
    service = Service(LATE, OK, OK)

    async def crowd() -> list[EvidenceStatus]:
        await transport.ask(ASKED, "bureau", service.once, 9.0)
        found = await asyncio.gather(*(transport.ask(ASKED, "bureau", service.once, 9.0) for _ in range(10)))
        return [evidence.status for evidence in found]

    assert sorted(asyncio.run(crowd())) == [OK] + [SKIPPED] * 9
    assert statuses(transport, service, 1) == [OK]


def test_services_have_breakers_of_their_own() -> None:
    """A broken bureau does not keep anybody from asking for the income."""
    transport = BreakerTransport(1, NEVER_S)

    async def story() -> list[EvidenceStatus]:
        bureau, income = Service(LATE), Service(OK)
        asked = [("bureau", bureau), ("bureau", bureau), ("income", income)]
        return [(await transport.ask(ASKED, name, service.once, 9.0)).status for name, service in asked]

    assert asyncio.run(story()) == [LATE, SKIPPED, OK]


def test_being_open_costs_no_memory() -> None:
    """The library raises one exception again and again; its traceback does not grow with the skipped calls."""
    transport = BreakerTransport(1, NEVER_S)
    statuses(transport, Service(LATE), 100)
    opened = transport._breakers["bureau"]._state
    assert isinstance(opened, BaseException)
    assert opened.__traceback__ is None


def test_a_cancelled_probe_lets_the_next_one_out() -> None:
    """A probe that never came back because its request was cancelled does not block the breaker for good."""
    transport = BreakerTransport(1, AT_ONCE_S)
    service = Service(LATE, OK)

    async def hang(_nth_try: int, _until: float) -> Evidence:
        await asyncio.Event().wait()
        return Evidence(OK)

    async def story() -> EvidenceStatus:
        await transport.ask(ASKED, "bureau", service.once, 9.0)
        probe = asyncio.create_task(transport.ask(ASKED, "bureau", hang, 9.0))
        await asyncio.sleep(0)
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        return (await transport.ask(ASKED, "bureau", service.once, 9.0)).status

    assert asyncio.run(story()) is OK


def test_open_is_as_long_as_the_clock_that_it_is_given_says() -> None:
    """Skipped up to a minute after it opened, by that clock; then it probes, and an answer closes it."""
    at = [1000.0]
    transport, service = BreakerTransport(1, 60.0, lambda: at[0]), Service(LATE, OK, OK)
    seen = []
    for now in (1000.0, 1059.9, 1060.1, 1060.2):
        at[0] = now
        seen += statuses(transport, service, 1)
    assert seen == [LATE, SKIPPED, OK, OK]
