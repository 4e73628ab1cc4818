"""Last known good values in a Redis rescue people while a source is dark, unless the Redis is gone as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from creditstorm.record.marks import read_marks
from tests.redis_server import redis_server
from tests.storm.harness import Done, Order, scenario, sound, together

pytestmark = pytest.mark.storm

DARK = {"kind": "blackhole", "target": "bureau", "at": "3s", "for": "5s"}
IMPATIENT = {"timeout": "2300ms"}
GONE = {"kind": "down", "target": "store", "at": "2s", "for": "7s"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A Redis that belongs to somebody else."""
    with redis_server() as port:
        yield port


def storm(folder: Path, port: int, database: int, *faults: dict[str, str]) -> Path:
    """The scenario of 10 s under these faults, with the store in that Redis."""
    missing = {"kind": "last_known_good", "store": f"redis://127.0.0.1:{port}/{database}"}
    policy = {"preset": "last-known-good", "name": "last-known-good-far", "missing": missing}
    load = {"arrivals": [{"for": "10s", "rate": "20/s"}], "warm_up": "1s"}
    system = {"kind": "reference", "policy": policy}
    return scenario(folder, load=load, system=system, faults=list(faults), client=IMPATIENT, thresholds={})


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, port: int) -> tuple[Done, Done]:
    """The bureau is dark; in the second run the store is down meanwhile."""
    store, down = (tmp_path_factory.mktemp(name) for name in ("store", "down"))
    storms = storm(store, port, 2, DARK), storm(down, port, 3, GONE, DARK)
    return together(*(Order.measure(storm, out=storm.parent / "run") for storm in storms))


@pytest.fixture
def with_store(both: tuple[Done, Done]) -> Done:
    """The bureau is dark."""
    return both[0]


@pytest.fixture
def without_store(both: tuple[Done, Done]) -> Done:
    """The bureau is dark, and the store is down meanwhile."""
    return both[1]


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
