"""The measured runs, shared by all laws of a session."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from subprocess import PIPE

import pytest
from tests.laws.runs import PROGRAM, Runs
from tests.storm.harness import ROOT


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """One harness for all of them; it ends with the last law."""
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT) as harness:
        yield Runs(tmp_path_factory.mktemp("laws"), harness)
        harness.communicate(timeout=60.0)
    assert harness.returncode == 0
