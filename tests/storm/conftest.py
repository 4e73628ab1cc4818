"""Storms that several tests look at, each run once, two small ones side by side."""

from __future__ import annotations

import pytest
from tests.plugin_package import install
from tests.storm.foreign import LENIENT, foreign
from tests.storm.harness import Done, Order, scenario, together

PATIENCE_S = 600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test of a storm waits for up to three runs."""
    for item in items:
        if item.get_closest_marker("storm") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(PATIENCE_S))


@pytest.fixture(scope="session")
def _dark_and_calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Done]:
    dark, calm = (tmp_path_factory.mktemp(name) for name in ("blackout", "calm"))
    short = ("--set", "load.arrivals[0].for=8s", "--set", "load.warm_up=1s")
    return together(
        Order.run(str(scenario(dark)), out=dark / "run", pages=True),
        Order.run("calm", *short, out=calm / "run"),
    )


@pytest.fixture(scope="session")
def blackout(_dark_and_calm: tuple[Done, Done]) -> Done:
    """The bureau goes dark under fail-closed."""
    return _dark_and_calm[0]


@pytest.fixture(scope="session")
def calm(_dark_and_calm: tuple[Done, Done]) -> Done:
    """The calm scenario of the catalogue, shortened."""
    return _dark_and_calm[1]


PUSH = {"preset": "tri-state", "name": "tri-state-push-only", "answer": {"kind": "push", "share": 0.5}}


@pytest.fixture(scope="session")
def _without_and_with_push(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Done]:
    """Both with two load processes."""
    without, pushed = (tmp_path_factory.mktemp(name) for name in ("tri-state", "pushed"))
    load = {"arrivals": [{"for": "15s", "rate": "25/s"}], "warm_up": "1s"}
    faults = [{"kind": "blackhole", "target": "bureau", "at": "3s", "for": "4s"}]
    # A chance error in place of the answer that shows the bureau is back would keep it ejected for 5 s more.
    system = {"kind": "reference", "policy": PUSH, "services": {"bureau": {"missing_rate": "0%"}}}
    notified = scenario(pushed, load=load, faults=faults, system=system, thresholds={})
    two = ("--processes", "2")
    return together(
        Order.run(str(scenario(without)), "--policy", "tri-state", *two, out=without / "run"),
        Order.run(str(notified), *two, out=pushed / "run"),
    )


@pytest.fixture(scope="session")
def tri_state(_without_and_with_push: tuple[Done, Done]) -> Done:
    """The people, luck and blackout of fail-closed, under tri-state."""
    return _without_and_with_push[0]


@pytest.fixture(scope="session")
def pushed(_without_and_with_push: tuple[Done, Done]) -> Done:
    """The bureau is dark for 4 s; half of the capacity is for those who wait, to see many."""
    return _without_and_with_push[1]


LOST_CELL = [{"kind": "partial_dc", "at": "2s", "for": "3s"}]
TWICE = {"policy": "retry", "redundancy": ["bureau", "income"]}


@pytest.fixture(scope="session")
def _foreign_and_cell(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Done]:
    lenient, cell = (tmp_path_factory.mktemp(name) for name in ("lenient", "cell"))
    load = {"arrivals": [{"for": "10s", "rate": "20/s"}], "warm_up": "1s"}
    lost = scenario(cell, faults=LOST_CELL, system=TWICE, load=load, thresholds={})
    return together(
        Order.measure(foreign(lenient, LENIENT), out=lenient / "run", env=install(lenient / "site")),
        Order.measure(lost, out=cell / "run"),
    )


@pytest.fixture(scope="session")
def lenient(_foreign_and_cell: tuple[Done, Done]) -> Done:
    """A fault and a policy value of another package."""
    return _foreign_and_cell[0]


@pytest.fixture(scope="session")
def cell_lost(_foreign_and_cell: tuple[Done, Done]) -> Done:
    """Every second replica is cut off for 3 s."""
    return _foreign_and_cell[1]
