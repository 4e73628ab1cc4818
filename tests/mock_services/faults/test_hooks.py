"""What faults do to a call as such: errors, quota, slowness, sickness, withdrawn consent, half bodies."""

from __future__ import annotations

import statistics

import pytest
from creditstorm.credit.changes import befalls
from tests.mock_services.faults.bench import Bench, call, likely
from tests.mock_services.policies.cases import SEED

N = 4_000
ANYBODY = call(7)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_comes_after_the_work(status: int) -> None:
    """A 5xx is not decided at the gate: the service has worked on the call."""
    bench = Bench().put("broken", "errors", status=status)
    assert bench.faults.refused(ANYBODY) is None
    failed = bench.faults.failed(ANYBODY)
    assert failed is not None
    assert (failed.status_code, bench.met("broken")) == (status, 1)


def test_too_many_is_said_at_the_gate() -> None:
    """A 429 takes no worker, and says when to come back."""
    bench = Bench().put("busy", "errors", status=429)
    refused = bench.faults.refused(ANYBODY)
    assert refused is not None
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert (bench.faults.failed(ANYBODY), bench.met("busy")) == (None, 1)


@pytest.mark.parametrize(("rate_hz", "quota_hz"), [(100, 25.0), (100, 60.5), (40, 50.0), (10, 0.5)])
def test_a_quota_lets_its_rate_through(rate_hz: int, quota_hz: float) -> None:
    """In 100 s of a steady rate as many pass as the quota allows, to one burst, and all others are counted."""
    bench = Bench().put("quota", "errors", quota_hz=quota_hz)
    passed = 0
    for applicant in range(100 * rate_hz):
        bench.t += 1.0 / rate_hz
        passed += bench.faults.refused(call(applicant)) is None
    assert abs(passed - 100 * min(quota_hz, rate_hz)) <= max(1.0, 0.1 * quota_hz)
    assert bench.met("quota") == 100 * rate_hz - passed


def test_a_quota_says_when_it_has_room_again() -> None:
    """With one call in 10 s allowed the second is told to come back in 10 s; a quota makes nothing fail later."""
    bench = Bench().put("quota", "errors", quota_hz=0.1, share=0.0)
    assert bench.faults.refused(ANYBODY) is None
    refused = bench.faults.refused(ANYBODY)
    assert refused is not None
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "10")
    assert bench.faults.failed(ANYBODY) is None


def test_a_clock_that_goes_back_does_not_fill_a_quota() -> None:
    """Wall clocks are set back sometimes; nobody gains a call by it."""
    bench = Bench().put("quota", "errors", quota_hz=1.0)
    assert bench.faults.refused(ANYBODY) is None
    bench.t -= 3600.0
    assert bench.faults.refused(ANYBODY) is not None


def test_slow_multiplies_and_adds() -> None:
    """Service time × factor + add."""
    bench = Bench().put("slow", "slow", factor=3.0, add_s=0.5)
    assert bench.faults.stretched(ANYBODY, 0.2) == pytest.approx(1.1)


def test_a_heavy_tail_is_a_pareto_draw() -> None:
    """At alpha 2 no call is faster, the median is √2 and one in a hundred takes 10 times as long, to its interval."""
    bench = Bench().put("tail", "slow", tail_alpha=2.0)
    times = [bench.faults.stretched(call(applicant), 1.0) for applicant in range(N)]
    assert min(times) >= 1.0
    assert statistics.median(times) == pytest.approx(2**0.5, rel=0.03)
    assert likely(sum(t > 10.0 for t in times), N, 0.01)


def test_a_tail_without_a_mean_is_bounded() -> None:
    """However heavy, no single call is more than a thousand times slower."""
    bench = Bench().put("tail", "slow", tail_alpha=1e-4)
    assert max(bench.faults.stretched(call(applicant), 1.0) for applicant in range(100)) == 1000.0


def test_sick_is_slow_for_all_and_fatal_for_some() -> None:
    """Every call is slower and counted, and the share of them ends in a 503."""
    bench = Bench().put("ill", "sick", factor=4.0, share=0.3)
    assert {bench.faults.stretched(call(applicant), 0.5) for applicant in range(N)} == {2.0}
    failed = [response for a in range(N) if (response := bench.faults.failed(call(a)))]
    assert likely(len(failed), N, 0.3)
    assert {response.status_code for response in failed} == {503}
    assert bench.met("ill") == N


def test_consent_is_looked_for_at_the_gate() -> None:
    """The people whom the change befalls get a 403 whenever they ask, nobody else does, and each is counted."""
    bench = Bench().put("withdrawn", "consent_revoked", share=0.1)
    refused = {a for a in range(N) if bench.faults.refused(call(a, session=a % 3))}
    assert refused == {a for a in range(N) if befalls(SEED, "withdrawn", a, 0.1)}
    assert likely(len(refused), N, 0.1)
    assert bench.met("withdrawn") == len(refused)
    response = bench.faults.refused(call(min(refused)))
    assert response is not None
    assert response.status_code == 403


def test_half_a_body() -> None:
    """The first half of the bytes, which is no JSON."""
    bench = Bench().put("half", "malformed")
    assert bench.faults.spoiled(ANYBODY, b'{"a":12}') == b'{"a"'


def test_what_is_refused_is_met_by_the_first_only() -> None:
    """A call over the quota never reaches the check of consent, so it is one receipt and not two."""
    bench = Bench().put("a withdrawn", "consent_revoked", share=1.0).put("z busy", "errors", status=429)
    refused = bench.faults.refused(ANYBODY)
    assert refused is not None
    assert (refused.status_code, bench.met("z busy"), bench.met("a withdrawn")) == (429, 1, 0)


def test_slow_and_sick_multiply() -> None:
    """Two stretches apply one after the other."""
    bench = Bench().put("ill", "sick", factor=2.0).put("slow", "slow", factor=3.0, add_s=1.0)
    assert bench.faults.stretched(ANYBODY, 1.0) == 8.0
