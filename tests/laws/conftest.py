"""The measured runs, shared by all laws of a session."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.laws.runs import Runs
from tests.storm.harness import MEASURE, ROOT


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Two harnesses for all of them; they end with the last law."""
    command = [sys.executable, "-c", MEASURE]
    with ExitStack() as ending:
        one, other = (
            ending.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            )
            for _ in range(2)
        )
        yield Runs(tmp_path_factory.mktemp("laws"), (one, other))
        for harness in (one, other):
            harness.communicate(timeout=60.0)
    assert (one.returncode, other.returncode) == (0, 0)
