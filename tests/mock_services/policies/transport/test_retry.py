"""Retries: how many, how far apart, never beyond the deadline, and within the budget where there is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.keyed import Keyed
from mock_services.policies.transport.retry import Allowance, Backoff, RetryBudgets, RetryTransport, Unlimited
from tests.mock_services.policies.cases import PEOPLE, asked_by
from tests.mock_services.policies.scripted import ERROR, LATE, OK, Service
from tests.mock_services.virtual_time import now, run

ASKED = asked_by(PEOPLE.applicant(7))
BACKOFF = Backoff(Keyed(7, "backoff"), 0.05, 0.5)


def transport(tries: int = 3, per_try_s: float | None = 0.4, allowance: Allowance | None = None) -> RetryTransport:
    return RetryTransport(tries, per_try_s, BACKOFF, allowance or Unlimited(), now)


def ask(one: RetryTransport, service: Service, until: float = 2.0) -> tuple[Evidence, float]:
    async def story() -> tuple[Evidence, float]:
        return await one.ask(ASKED, "bureau", service.once, until), now()

    return run(story())


@pytest.mark.parametrize(
    ("statuses", "status", "numbers"),
    [
        ((OK,), "ok", [0]),
        ((EvidenceStatus.EMPTY,), "empty", [0]),
        ((ERROR, OK), "ok", [0, 1]),
        ((ERROR, EvidenceStatus.MALFORMED, OK), "ok", [0, 1, 2]),
        ((ERROR, ERROR, EvidenceStatus.REFUSED), "refused", [0, 1, 2]),
    ],
)
def test_tries_until_something_is_retrieved(
    statuses: tuple[EvidenceStatus, ...], status: str, numbers: list[int]
) -> None:
    """It stops at the first usable evidence, or at the last try, and each try has its own number."""
    service = Service(lambda nth: (0.01, statuses[nth]))
    assert (ask(transport(), service)[0].status, service.numbers) == (status, numbers)


def test_a_slow_try_is_given_up_and_made_again() -> None:
    """The first try hangs, the second, with other draws, answers; the latency is that of both and the wait."""
    service = Service(lambda nth: (9.0, OK) if nth == 0 else (0.1, OK))
    evidence, ended = ask(transport(), service)
    pause_s = BACKOFF.before(ASKED, "bureau", 1)
    assert (evidence.value, evidence.latency_s) == (1.0, pytest.approx(0.5 + pause_s))
    assert (service.tries[0].until, ended) == (0.4, pytest.approx(0.5 + pause_s))


def test_without_a_time_of_its_own_a_try_has_an_equal_share() -> None:
    """Three tries in 1.8 s have 0.6 s each, and the last one only what the waits left over."""
    service = Service(lambda _nth: (9.0, OK))
    evidence, ended = ask(transport(3, None), service, until=1.8)
    lengths = [one.until - one.began for one in service.tries]
    assert lengths[:2] == [pytest.approx(0.6)] * 2
    assert 0.0 < lengths[2] < 0.6
    assert (evidence.status, ended) == (LATE, pytest.approx(1.8))


def test_no_wait_that_the_deadline_would_cut() -> None:
    """A failure shortly before the deadline is the answer, at once."""
    service = Service(lambda _nth: (0.399, ERROR))
    assert ask(transport(), service, until=0.4)[1] == pytest.approx(0.399)
    assert service.numbers == [0]


@given(
    applicant=st.integers(0, 10**6),
    nth_try=st.integers(1, 9),
    service=st.sampled_from(["identity", "bureau", "scoring"]),
)
def test_backoff_is_full_jitter_by_key(applicant: int, nth_try: int, service: str) -> None:
    """The wait lies between 0 and the exponential bound, and the same key waits as long again."""
    asked = asked_by(PEOPLE.applicant(applicant))
    pause_s = BACKOFF.before(asked, service, nth_try)
    assert 0.0 < pause_s < min(0.5, 0.05 * 2.0 ** (nth_try - 1))
    assert Backoff(Keyed(7, "backoff"), 0.05, 0.5).before(asked, service, nth_try) == pause_s


def test_backoff_differs_between_people_services_and_tries() -> None:
    """No two wait alike, so that they do not come back together."""
    one = Backoff(Keyed(7, "backoff"), 1.0, 1.0)
    people = [asked_by(PEOPLE.applicant(applicant)) for applicant in range(50)]
    waits = {one.before(asked, service, n) for asked in people for service in ("bureau", "income") for n in (1, 2)}
    assert len(waits) == 200
    assert 0.4 < sum(waits) / 200 < 0.6


_tries = st.tuples(st.floats(0.0, 3.0), st.sampled_from([OK, ERROR, LATE, EvidenceStatus.REFUSED]))


@given(
    script=st.lists(_tries, min_size=10, max_size=10),
    tries=st.integers(2, 10),
    per_try_s=st.none() | st.floats(0.01, 3.0),
    until=st.floats(0.05, 4.0),
)
def test_never_more_tries_than_told_nor_beyond_the_deadline(
    script: list[tuple[float, EvidenceStatus]], tries: int, per_try_s: float | None, until: float
) -> None:
    """Whatever a service does: numbered tries, at most as many as told, none that may outlive the deadline."""
    service = Service(script.__getitem__)
    evidence, ended = ask(transport(tries, per_try_s), service, until)
    assert service.numbers == list(range(len(service.tries)))
    assert len(service.tries) <= tries
    assert all(one.began <= until and one.until <= until for one in service.tries)
    assert ended <= until + 1e-9
    assert evidence.latency_s is not None
    assert evidence.latency_s <= until + 1e-9


def test_an_empty_budget_ends_the_retries() -> None:
    """With one token left one retry goes out, and then none."""
    budgets = RetryBudgets(0.0, 0.0, 1.0, now)
    first, second = Service(lambda _nth: (0.01, ERROR)), Service(lambda _nth: (0.01, ERROR))
    ask(transport(3, 0.4, budgets), first)
    ask(transport(3, 0.4, budgets), second)
    assert (first.numbers, second.numbers) == ([0, 1], [0])


def test_services_have_budgets_of_their_own() -> None:
    """A bureau in trouble does not use up what the income has."""
    budgets = RetryBudgets(0.2, 0.0, 1.0, lambda: 0.0)
    assert [budgets.retry(service) for service in ("bureau", "bureau", "income")] == [True, False, True]


def test_requests_and_time_pay_in() -> None:
    """Five requests bring one retry at 20 %, a third of a second brings one at three a second."""
    clock = [0.0]
    budgets = RetryBudgets(0.2, 3.0, 30.0, lambda: clock[0])
    while budgets.retry("bureau"):
        pass
    for _ in range(5):
        budgets.first("bureau")
    assert [budgets.retry("bureau") for _ in range(2)] == [True, False]
    clock[0] = 0.334
    assert [budgets.retry("bureau") for _ in range(2)] == [True, False]


@given(
    gaps_s=st.lists(st.floats(0.0, 2.0), min_size=1, max_size=60),
    wanted=st.integers(0, 5),
    ratio=st.floats(0.0, 1.0),
    min_hz=st.floats(0.0, 10.0),
    burst=st.integers(1, 40),
    since=st.integers(0, 59),
)
def test_retries_stay_within_the_budget_over_any_window(
    *, gaps_s: list[float], wanted: int, ratio: float, min_hz: float, burst: int, since: int
) -> None:
    """In every window of t seconds with n requests there are at most burst + ratio · n + min_hz · t retries."""
    clock = [0.0]
    budgets = RetryBudgets(ratio, min_hz, burst, lambda: clock[0])
    log: list[tuple[float, int]] = []
    for gap_s in gaps_s:
        clock[0] += gap_s
        budgets.first("bureau")
        log.append((clock[0], sum(budgets.retry("bureau") for _ in range(wanted))))
    window = log[min(since, len(log) - 1) :]
    most = burst + ratio * len(window) + min_hz * (window[-1][0] - window[0][0])
    assert sum(retries for _, retries in window) <= most + 1e-6


def test_in_the_long_run_the_ratio_is_what_counts() -> None:
    """Of 10,000 requests in 100 s that all fail, a fifth and three a second are tried again, and the first burst."""
    clock = [0.0]
    budgets = RetryBudgets(0.2, 3.0, 30, lambda: clock[0])
    retries = 0
    for number in range(10_000):
        clock[0] = number / 100.0
        budgets.first("bureau")
        retries += budgets.retry("bureau")
    assert retries == pytest.approx(0.2 * 10_000 + 3.0 * 100 + 30, abs=2)
