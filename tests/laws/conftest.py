"""The measured runs, shared by all laws of a session."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.laws.runs import LANES, Runs
from tests.storm.harness import MEASURE, ROOT


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """A harness a lane for all of them; they end with the last law."""
    command = [sys.executable, "-c", MEASURE]
    with ExitStack() as ending:
        harnesses = [
            ending.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            )
            for _ in range(LANES)
        ]
        yield Runs(tmp_path_factory.mktemp("laws"), harnesses)
        for harness in harnesses:
            harness.communicate(timeout=60.0)
    assert [harness.returncode for harness in harnesses] == [0] * LANES
