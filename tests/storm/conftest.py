"""Storms that several tests look at, each run once."""

from __future__ import annotations

import pytest
from tests.storm.harness import Done, run, scenario

PATIENCE_S = 600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test of a storm waits for up to three runs."""
    for item in items:
        if item.get_closest_marker("storm") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(PATIENCE_S))


@pytest.fixture(scope="session")
def blackout(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The bureau goes dark under fail-closed."""
    folder = tmp_path_factory.mktemp("blackout")
    return run(str(scenario(folder)), out=folder / "run")


@pytest.fixture(scope="session")
def tri_state(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The same people, luck and blackout under tri-state, with two load processes."""
    folder = tmp_path_factory.mktemp("tri-state")
    return run(str(scenario(folder)), "--policy", "tri-state", "--processes", "2", out=folder / "run")


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The calm scenario of the catalogue, shortened."""
    short = ("--set", "load.arrivals[0].for=8s", "--set", "load.warm_up=1s")
    return run("calm", *short, out=tmp_path_factory.mktemp("calm") / "run")
