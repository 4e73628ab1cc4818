"""Replicas share the requests, and one that fails is left out for a while."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from yarl import URL

from creditstorm.credit.evidence import Evidence, EvidenceStatus
from mock_services.cells import EJECTED_S, FAILURES, Cell, Cells
from mock_services.policies.case import Asked
from tests.mock_services.cases import PEOPLE, asked_by

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


def two(clock: Clock) -> Cells:
    return Cells([A, B], clock)


def cell_of(cells: Cells, url: URL) -> Cell:
    return next(cell for asked in CROWD if (cell := cells.pick(asked, 0)).url == url)


def fail(cells: Cells, cell: Cell, times: int = FAILURES) -> None:
    for _ in range(times):
        cells.learn(cell, LATE)


def urls(cells: Cells, crowd: list[Asked] = CROWD) -> set[URL]:
    return {cells.pick(asked, 0).url for asked in crowd}


def test_replicas_share_the_requests() -> None:
    """Half each, and a request has the same one every time."""
    cells = two(Clock())
    picked = [cells.pick(asked, 0).url for asked in CROWD]
    assert picked == [cells.pick(asked, 0).url for asked in CROWD]
    assert 900 < Counter(picked)[A] < 1100


def test_the_next_try_goes_to_the_other() -> None:
    """A retry or a hedge does not meet the same trouble."""
    cells = two(Clock())
    for asked in CROWD[:100]:
        first, second, third = (cells.pick(asked, n).url for n in range(3))
        assert first != second
        assert first == third


def test_five_failures_in_a_row_leave_a_replica_out() -> None:
    """Everybody is asked of the other one, for five seconds."""
    clock = Clock()
    cells = two(clock)
    fail(cells, cell_of(cells, A), FAILURES - 1)
    assert urls(cells) == {A, B}
    fail(cells, cell_of(cells, A), 1)
    assert urls(cells) == {B}
    clock.at = EJECTED_S
    assert urls(cells) == {A, B}


def test_a_success_between_failures_counts() -> None:
    """Only failures in a row do; what a person forbids is no failure."""
    cells = two(Clock())
    for good in (GOOD, REFUSED):
        fail(cells, cell_of(cells, A), FAILURES - 1)
        cells.learn(cell_of(cells, A), good)
    fail(cells, cell_of(cells, A), FAILURES - 1)
    assert urls(cells) == {A, B}


def test_a_replica_that_fails_again_is_left_out_for_longer() -> None:
    """The second time in a row twice as long; what was under way when it was left out does not count."""
    clock = Clock()
    cells = two(clock)
    broken = cell_of(cells, A)
    fail(cells, broken, 10 * FAILURES)
    clock.at = EJECTED_S
    fail(cells, broken)
    clock.at += 2 * EJECTED_S - 0.1
    assert urls(cells) == {B}
    clock.at += 0.2
    cells.learn(broken, GOOD)
    fail(cells, broken)
    clock.at += EJECTED_S
    assert urls(cells) == {A, B}


def test_when_all_fail_all_are_asked() -> None:
    """Leaving everybody out would be an outage of our own making."""
    cells = two(Clock())
    broken = [cell_of(cells, url) for url in (A, B)]
    for cell in broken:
        fail(cells, cell)
    assert urls(cells) == {A, B}


def test_one_replica_is_always_asked() -> None:
    """Without a second one there is nothing to choose."""
    cells = Cells([A], Clock())
    fail(cells, cells.pick(CROWD[0], 0), 100)
    assert urls(cells) == {A}
