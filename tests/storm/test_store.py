"""Last known good values in a Redis rescue people while a source is dark, unless the Redis is gone as well."""

from __future__ import annotations

import pytest
from redis import Redis
from creditstorm.record.mark_journal import read_marks
from tests.storm.harness import Done, sound

pytestmark = pytest.mark.storm


def wrongful(done: Done) -> float:
    """The share of creditworthy requests that were told "no credit" while the bureau was dark."""
    return float(done.rates("window", "bureau")["wrongful_no_credit_rate"]["value"])


def test_the_store_rescues_people_while_it_can_be_reached(with_store: Done, without_store: Done) -> None:
    """Most people are known; none of them is, once the store is down."""
    sound(with_store, without_store)
    said = with_store.err + without_store.err
    assert wrongful(with_store) < 0.5, said
    assert wrongful(without_store) > 0.9, said


def test_the_fault_of_the_store_is_verified(without_store: Done) -> None:
    """A probe in the words of Redis met it, and saw it gone."""
    marks = {
        mark["event"]: mark["verified_by"]
        for mark in (each.as_json() for each in read_marks(without_store.folder))
        if mark.get("fault") == "store" and "verified_by" in mark
    }
    assert marks["fault_effective"] == "probe: connection refused"
    assert marks["fault_cleared"].startswith("probe: answered")


def test_a_store_that_is_down_delays_nobody(with_store: Done, without_store: Done) -> None:
    """The lender answers within its deadline of 2 s, before people give up, also for a store that is not there."""
    sound(with_store, without_store)
    for done in (with_store, without_store):
        answers = done.answers.column("answer").to_pylist()
        assert answers.count("timeout") <= 0.01 * len(answers)


def test_nothing_is_left_in_the_redis(with_store: Done, without_store: Done, port: int) -> None:
    """It is as it was before."""
    assert {with_store.exit_code, without_store.exit_code} <= {0, 3}
    assert [Redis(port=port, db=database).keys("*") for database in (2, 3)] == [[], []]
