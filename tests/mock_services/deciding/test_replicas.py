"""Replicas share the requests, and one that fails is left out for a while."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from yarl import URL

from creditstorm.credit.evidence import Evidence, EvidenceStatus
from mock_services.deciding.upstreams import Replica, Replicas
from mock_services.wire.payloads import CreditRequest
from tests.mock_services.policies.cases import PEOPLE, asked_by

A, B = URL("http://a"), URL("http://b")
GOOD = Evidence(EvidenceStatus.OK, 1.0)
LATE = Evidence(EvidenceStatus.LATE)
REFUSED = Evidence(EvidenceStatus.REFUSED)
CROWD = [asked_by(PEOPLE.applicant(n)) for n in range(2000)]


@dataclass
class Clock:
    """A time that is set."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


def two(clock: Clock) -> Replicas:
    return Replicas([A, B], clock)


def replica_at(replicas: Replicas, url: URL) -> Replica:
    return next(replica for asked in CROWD if (replica := replicas.pick(asked, 0)).url == url)


def fail(replicas: Replicas, replica: Replica, times: int = 5) -> None:
    for _ in range(times):
        replicas.learn(replica, LATE)


def urls(replicas: Replicas, crowd: list[CreditRequest] = CROWD) -> set[URL]:
    return {replicas.pick(asked, 0).url for asked in crowd}


def test_replicas_share_the_requests() -> None:
    """Half each, and a request has the same one every time."""
    replicas = two(Clock())
    picked = [replicas.pick(asked, 0).url for asked in CROWD]
    assert picked == [replicas.pick(asked, 0).url for asked in CROWD]
    assert 900 < Counter(picked)[A] < 1100


def test_the_next_try_goes_to_the_other() -> None:
    """A retry or a hedge does not meet the same trouble."""
    replicas = two(Clock())
    for asked in CROWD[:100]:
        first, second, third = (replicas.pick(asked, n).url for n in range(3))
        assert first != second
        assert first == third


def test_five_failures_in_a_row_leave_a_replica_out() -> None:
    """Everybody is asked of the other one, for five seconds."""
    clock = Clock()
    replicas = two(clock)
    fail(replicas, replica_at(replicas, A), 4)
    assert urls(replicas) == {A, B}
    fail(replicas, replica_at(replicas, A), 1)
    assert urls(replicas) == {B}
    clock.at = 5.0
    assert urls(replicas) == {A, B}


def test_a_success_between_failures_counts() -> None:
    """Only failures in a row do; what a person forbids is no failure."""
    replicas = two(Clock())
    for good in (GOOD, REFUSED):
        fail(replicas, replica_at(replicas, A), 4)
        replicas.learn(replica_at(replicas, A), good)
    fail(replicas, replica_at(replicas, A), 4)
    assert urls(replicas) == {A, B}


def test_a_replica_that_fails_again_is_left_out_for_longer() -> None:
    """The second time in a row twice as long; what was under way when it was left out does not count."""
    clock = Clock()
    replicas = two(clock)
    broken = replica_at(replicas, A)
    fail(replicas, broken, 50)
    clock.at = 5.0
    fail(replicas, broken)
    clock.at += 9.9
    assert urls(replicas) == {B}
    clock.at += 0.2
    replicas.learn(broken, GOOD)
    fail(replicas, broken)
    clock.at += 5.0
    assert urls(replicas) == {A, B}


def test_when_all_fail_all_are_asked() -> None:
    """Leaving everybody out would be an outage of our own making."""
    replicas = two(Clock())
    broken = [replica_at(replicas, url) for url in (A, B)]
    for replica in broken:
        fail(replicas, replica)
    assert urls(replicas) == {A, B}


def test_a_failure_says_whether_a_replica_is_left() -> None:
    """As long as the other one is not left out itself; good evidence says nothing, nor does an only replica."""
    replicas, alone = two(Clock()), Replicas([A], Clock())
    a, b = (replica_at(replicas, url) for url in (A, B))
    assert replicas.learn(a, GOOD) is GOOD
    assert replicas.learn(a, LATE) == replace(LATE, replica_left=True)
    fail(replicas, b)
    assert replicas.learn(a, LATE) is LATE
    assert alone.learn(alone.pick(CROWD[0], 0), LATE) is LATE


def test_one_replica_is_always_asked() -> None:
    """Without a second one there is nothing to choose."""
    replicas = Replicas([A], Clock())
    fail(replicas, replicas.pick(CROWD[0], 0), 100)
    assert urls(replicas) == {A}
