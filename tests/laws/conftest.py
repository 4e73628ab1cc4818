"""The measured runs, shared by all laws of a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.laws.runs import RUNS, Runs


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Every run begins at once, as many side by side as there is room for; a law waits for those it reads."""
    measured = Runs(tmp_path_factory.mktemp("laws"))
    measured.begin("")
    yield measured
    measured.close()
    assert RUNS
