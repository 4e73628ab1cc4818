"""What waits to be written: the newest of each, of so many people and no more."""

from __future__ import annotations

from mock_services.cache.layers import Remembered
from mock_services.cache.redis_cache import Pending

OLD, NEW, NONE = Remembered(1.0, 100.0), Remembered(2.0, 200.0), Remembered(None, 300.0)


def test_the_newest_value_waits() -> None:
    """Two values of one service are one, and a "no record" stands beside them."""
    pending = Pending()
    for good in (OLD, NEW, NONE):
        pending.put(7, "bureau", good)
    assert pending.take(10) == {7: {b"bureau": NEW, b"bureau:none": NONE}}
    assert len(pending) == 0


def test_who_has_waited_longest_is_written_first() -> None:
    """People leave in the order in which they came."""
    pending = Pending()
    for applicant in (3, 1, 2):
        pending.put(applicant, "bureau", OLD)
    assert [list(pending.take(2)), list(pending.take(2))] == [[3, 1], [2]]


def test_too_many_people_are_counted() -> None:
    """Those who wait already may still learn; a further person is dropped."""
    pending = Pending(most=1)
    pending.put(1, "bureau", OLD)
    pending.put(1, "income", OLD)
    pending.put(2, "bureau", OLD)
    assert (len(pending), pending.dropped) == (1, 1)


def test_what_is_put_back_does_not_replace_what_is_newer() -> None:
    """A value that was learnt while an older one could not be written stays."""
    pending = Pending()
    pending.put(7, "bureau", OLD)
    pending.put(7, "income", OLD)
    people = pending.take(1)
    pending.put(7, "bureau", NEW)
    pending.put_back(people)
    assert pending.take(1) == {7: {b"bureau": NEW, b"income": OLD}}


def test_what_cannot_be_put_back_is_counted() -> None:
    """Every value of a person for whom there is no room any more."""
    pending = Pending(most=1)
    pending.put(1, "bureau", OLD)
    pending.put(1, "income", OLD)
    people = pending.take(1)
    pending.put(2, "bureau", OLD)
    pending.put_back(people)
    assert pending.dropped == 2
