"""A starved harness says so itself: exit 3 or 4 with the true reason, and the same storm undisturbed has no doubt."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from creditstorm.analysis.trust import DoubtKind
from tests.storm.harness import RUN, Running, doubts, run, scenario, sound

LOAD = {"arrivals": [{"for": "8s", "rate": "40/s"}], "warm_up": "1s"}
"""Two cores carry it easily, one with somebody beside it does not."""
SPINNING = 40
"""Loops beside the run: each of its dozen processes gets less than a seventieth of the core that they share."""
STARVED_FOR_S = 8.0
"""As long as the load. Left until it is over they may keep it from ever being: it has a few tenths of a core second."""


@contextmanager
def spinning(count: int, core: int) -> Iterator[None]:
    """So many endless loops on this core."""
    command = ["taskset", "-c", str(core), sys.executable, "-S", "-c", "while True: pass"]
    # Each in a session of its own, as the processes of a run are: where sessions share the cores, it has a share, too.
    loops = [subprocess.Popen(command, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


@pytest.mark.storm
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_one_core_that_others_use_is_a_doubt_that_names_who_came_late(tmp_path: Path) -> None:
    """The same people and luck: undisturbed a verdict without a doubt, starved none, for the true reason."""
    path = scenario(tmp_path, load=LOAD, faults=[], thresholds={"wrongful_no_credit_rate": ["< 40%"]})
    core = min(os.sched_getaffinity(0))
    command = ["taskset", "-c", str(core), *RUN]
    with Running(str(path), out=tmp_path / "late", command=command) as running:
        running.await_mark("load_started")
        with spinning(SPINNING, core):
            time.sleep(STARVED_FOR_S)
        late = running.finish()
    # A part that could not even answer the watchdog ends the run, by name and with the same reason.
    assert late.exit_code in (3, 4), late.out
    said = late.err if late.exit_code == 4 else " ".join(doubts(late, DoubtKind.STARVED))
    named = (" late (", "to answer a probe", "does not answer", "no sign of life")
    assert any(words in said for words in named), said + late.out
    assert "a second for a core" in said, said
    undisturbed = run(str(path), out=tmp_path / "alone")
    sound(undisturbed)
    assert undisturbed.exit_code == 0, undisturbed.out
    assert undisturbed.machine_doubts == []
