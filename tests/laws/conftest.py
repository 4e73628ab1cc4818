"""The measured runs, shared by all laws of a session."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.laws.runs import Runs
from tests.storm.harness import MEASURE, ROOT


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """One harness for all of them; it ends with the last law."""
    command = [sys.executable, "-c", MEASURE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as harness:
        yield Runs(tmp_path_factory.mktemp("laws"), harness)
        harness.communicate(timeout=60.0)
    assert harness.returncode == 0
