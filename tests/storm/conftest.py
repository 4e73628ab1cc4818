"""Storms that several tests look at, each run once, small ones side by side."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.plugin_package import install
from tests.redis_server import redis_server
from tests.storm import verbs
from tests.storm.foreign import LENIENT, foreign
from tests.storm.harness import Done, Order, scenario, together

PATIENCE_S = 600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test of a storm waits for up to three runs."""
    for item in items:
        if item.get_closest_marker("storm") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(PATIENCE_S))


@pytest.fixture(scope="session")
def _dark_and_calm(tmp_path_factory: pytest.TempPathFactory) -> list[Done]:
    dark, calm = (tmp_path_factory.mktemp(name) for name in ("blackout", "calm"))
    short = ("--set", "load.arrivals[0].for=8s", "--set", "load.warm_up=1s")
    return together(
        Order.run(str(scenario(dark)), out=dark / "run", pages=True),
        Order.run("calm", *short, out=calm / "run"),
    )


@pytest.fixture(scope="session")
def blackout(_dark_and_calm: list[Done]) -> Done:
    """The bureau goes dark under fail-closed."""
    return _dark_and_calm[0]


@pytest.fixture(scope="session")
def calm(_dark_and_calm: list[Done]) -> Done:
    """The calm scenario of the catalogue, shortened."""
    return _dark_and_calm[1]


@pytest.fixture(scope="session")
def _verbs(tmp_path_factory: pytest.TempPathFactory) -> tuple[verbs.Verb, verbs.KilledMatrix, Done]:
    """Two one after the other beside the longest."""
    agree, matrix, sweep = (tmp_path_factory.mktemp(name) for name in ("agree", "matrix", "sweep"))
    with ThreadPoolExecutor(1) as beside:
        agreed = beside.submit(verbs.agreed, agree)
        killed, swept = verbs.killed_matrix(matrix), verbs.swept(sweep)
        return agreed.result(), killed, swept


@pytest.fixture(scope="session")
def agreed(_verbs: tuple[verbs.Verb, verbs.KilledMatrix, Done]) -> verbs.Verb:
    """A short storm live and simulated, under two policies."""
    return _verbs[0]


@pytest.fixture(scope="session")
def killed_matrix(_verbs: tuple[verbs.Verb, verbs.KilledMatrix, Done]) -> verbs.KilledMatrix:
    """Of the same two policies."""
    return _verbs[1]


@pytest.fixture(scope="session")
def swept(_verbs: tuple[verbs.Verb, verbs.KilledMatrix, Done]) -> Done:
    """A point of a sweep that was repeated live."""
    return _verbs[2]


PUSH = {"preset": "tri-state", "name": "tri-state-push-only", "answer": {"kind": "push", "share": 0.5}}
REVIEW = {"kind": "review", "reviewers": 4, "handling_time": "1s"}
REFERRING: dict[str, Any] = {
    "load": {"arrivals": [{"for": "14s", "rate": "15/s"}], "warm_up": "1s", "retap": "off"},
    "system": {"kind": "reference", "policy": {"preset": "fail-closed", "feedback": REVIEW}},
    "client": {"complains": {"no_credit": "40%", "after": "1s", "spread": "1s"}},
    "thresholds": {},
}


@pytest.fixture(scope="session")
def _deferring(tmp_path_factory: pytest.TempPathFactory) -> list[Done]:
    """The first two with two load processes."""
    without, pushed, referred = (tmp_path_factory.mktemp(name) for name in ("tri-state", "pushed", "referred"))
    load = {"arrivals": [{"for": "15s", "rate": "25/s"}], "warm_up": "1s"}
    faults = [{"kind": "blackhole", "target": "bureau", "at": "3s", "for": "4s"}]
    # A chance error in place of the answer that shows the bureau is back would keep it ejected for 5 s more.
    system = {"kind": "reference", "policy": PUSH, "services": {"bureau": {"missing_rate": "0%"}}}
    notified = scenario(pushed, load=load, faults=faults, system=system, thresholds={})
    two = ("--processes", "2")
    return together(
        Order.run(str(scenario(without)), "--policy", "tri-state", *two, out=without / "run"),
        Order.run(str(notified), *two, out=pushed / "run"),
        Order.run(str(scenario(referred, **REFERRING)), out=referred / "run"),
    )


@pytest.fixture(scope="session")
def tri_state(_deferring: list[Done]) -> Done:
    """The people, luck and blackout of fail-closed, under tri-state."""
    return _deferring[0]


@pytest.fixture(scope="session")
def pushed(_deferring: list[Done]) -> Done:
    """The bureau is dark for 4 s; half of the capacity is for those who wait, to see many."""
    return _deferring[1]


@pytest.fixture(scope="session")
def referred(_deferring: list[Done]) -> Done:
    """The bureau is dark for 5 s, and four people decide about those who complain."""
    return _deferring[2]


SHORT: dict[str, Any] = {"load": {"arrivals": [{"for": "10s", "rate": "20/s"}], "warm_up": "1s"}, "thresholds": {}}
LOST_CELL = [{"kind": "partial_dc", "at": "2s", "for": "3s"}]
TWICE = {"policy": "retry", "redundancy": ["bureau", "income"]}
SOURCES_SICK = [
    {"kind": "errors", "target": "bureau", "share": "30%", "at": "2s", "for": "3s"},
    {"kind": "empty", "target": "repayment", "share": "10%", "at": "2s", "for": "3s"},
    {"kind": "slow", "target": "income", "factor": 3.0, "at": "2s", "for": "3s"},
    {"kind": "consent_revoked", "target": "social", "share": "20%", "at": "2s", "for": "3s"},
    {"kind": "capacity", "target": "consumption", "factor": 0.2, "at": "2s", "for": "3s"},
]
PROCESSES_DOWN = [
    {"kind": "kill", "target": "identity", "at": "2s", "for": "2s"},
    {"kind": "errors", "target": "identity", "share": "10%", "at": "1s", "for": "6s", "name": "inside"},
    {"kind": "pause", "target": "consumption", "at": "2s", "for": "2s"},
    {"kind": "restart", "target": "decision", "at": "5s", "for": "3s"},
]


@pytest.fixture(scope="session")
def _foreign_cell_sick(tmp_path_factory: pytest.TempPathFactory) -> list[Done]:
    lenient, cell, sick = (tmp_path_factory.mktemp(name) for name in ("lenient", "cell", "sick"))
    lost = scenario(cell, **SHORT, faults=LOST_CELL, system=TWICE)
    return together(
        Order.measure(foreign(lenient, LENIENT), out=lenient / "run", env=install(lenient / "site")),
        Order.measure(lost, out=cell / "run"),
        Order.measure(scenario(sick, **SHORT, faults=SOURCES_SICK), out=sick / "run"),
    )


@pytest.fixture(scope="session")
def lenient(_foreign_cell_sick: list[Done]) -> Done:
    """A fault and a policy value of another package."""
    return _foreign_cell_sick[0]


@pytest.fixture(scope="session")
def cell_lost(_foreign_cell_sick: list[Done]) -> Done:
    """Every second replica is cut off for 3 s."""
    return _foreign_cell_sick[1]


@pytest.fixture(scope="session")
def sources_sick(_foreign_cell_sick: list[Done]) -> Done:
    """Five faults inside five sources at once."""
    return _foreign_cell_sick[2]


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """A Redis that belongs to somebody else."""
    with redis_server() as port:
        yield port


DARK = {"kind": "blackhole", "target": "bureau", "at": "3s", "for": "5s"}
GONE = {"kind": "down", "target": "store", "at": "2s", "for": "7s"}


def far(port: int, database: int) -> dict[str, Any]:
    """A short storm with last known values in that Redis."""
    missing = {"kind": "last_known_good", "store": f"redis://127.0.0.1:{port}/{database}"}
    policy = {"preset": "last-known-good", "name": "last-known-good-far", "missing": missing}
    return {**SHORT, "system": {"kind": "reference", "policy": policy}, "client": {"timeout": "2300ms"}}


@pytest.fixture(scope="session")
def _down_and_store(tmp_path_factory: pytest.TempPathFactory, port: int) -> list[Done]:
    down, store, gone = (tmp_path_factory.mktemp(name) for name in ("down", "store", "gone"))
    storms = (
        scenario(down, **SHORT, faults=PROCESSES_DOWN),
        scenario(store, **far(port, 2), faults=[DARK]),
        scenario(gone, **far(port, 3), faults=[GONE, DARK]),
    )
    return together(*(Order.measure(storm, out=storm.parent / "run") for storm in storms))


@pytest.fixture(scope="session")
def processes_down(_down_and_store: list[Done]) -> Done:
    """A source killed, one paused, the decision service restarted."""
    return _down_and_store[0]


@pytest.fixture(scope="session")
def with_store(_down_and_store: list[Done]) -> Done:
    """The bureau is dark, last known values are in a Redis."""
    return _down_and_store[1]


@pytest.fixture(scope="session")
def without_store(_down_and_store: list[Done]) -> Done:
    """The bureau is dark, and the store is down meanwhile."""
    return _down_and_store[2]
