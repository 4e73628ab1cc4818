"""A starved harness says so itself: exit 3 or 4 with the true reason, and the same storm undisturbed has no doubt."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from creditstorm.analysis.trust import DoubtKind
from creditstorm.record.folder import RunFolder
from tests.storm.harness import COMMAND, ROOT, RUN, Done, Running, doubts, run, scenario, sound

PATIENCE_S = 120.0
SHORT = {
    "load": {"arrivals": [{"for": "3s", "rate": "40/s"}, {"for": "5s", "rate": "40/s"}], "warm_up": "1s"},
    "faults": [{"kind": "blackhole", "target": "bureau", "at": "3s", "for": "3s"}],
}
"""Two cores carry it easily, one with somebody beside it does not."""
SPINNING = 40
"""Loops beside the run: each of its dozen processes gets less than a seventieth of the core that they share."""


STARVED_FOR_S = 8.0
"""As long as the load. Left until it is over they may keep it from ever being: it has a few tenths of a core second."""


def starved(path: Path, out: Path, *before: str) -> Done:
    """The run of this file by a shell that first does this to itself."""
    shutil.rmtree(out, ignore_errors=True)
    shell = ["sh", "-c", "; ".join([*before, 'exec "$@"']), "sh"]
    done = subprocess.run(
        [*shell, *COMMAND, "run", str(path), "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=ROOT,
    )
    return Done(done.returncode, done.stdout, done.stderr, RunFolder(out))


@contextmanager
def spinning(count: int, core: int) -> Iterator[None]:
    """So many endless loops on this core."""
    command = ["taskset", "-c", str(core), sys.executable, "-S", "-c", "while True: pass"]
    loops = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


@pytest.mark.parametrize("files", [64, 128])
def test_too_few_open_files_are_refused_with_the_remedy(tmp_path: Path, files: int) -> None:
    """Nothing starts, one line says what is allowed, what is needed and what to do."""
    done = starved(scenario(tmp_path, **SHORT), tmp_path / "run", f"ulimit -n {files}")
    assert done.exit_code == 4
    (line,) = (line for line in done.err.splitlines() if "open files" in line)
    assert f"{files} open files are allowed, 256 are needed at 40/s; ulimit -Hn" in line
    assert "Traceback" not in done.err
    assert not done.folder.root.exists()


@pytest.mark.storm
@pytest.mark.xdist_group("starved")
def test_a_soft_limit_of_open_files_is_raised_and_a_hard_one_is_named(tmp_path: Path) -> None:
    """Where the hard limit carries calm only, the storm's doubt names the process that ran out; nobody is blamed."""
    # 200 people wait at once then, each with a call of its own to the bureau: far more than 256 files.
    dark = [{"kind": "blackhole", "target": "bureau", "at": "2s", "for": "6s"}]
    patient = {"system": {"policy": "fail-closed", "deadline": "6s"}, "client": {"timeout": "7s"}}
    path = scenario(tmp_path, load=SHORT["load"], faults=dark, **patient)
    limits = {"hard": "ulimit -n 256", "soft": "ulimit -Sn 128"}
    hard, soft = (starved(path, tmp_path / name, limit) for name, limit in limits.items())
    # Where it could not even answer the watchdog the run was ended, by name; else it is a doubt.
    assert hard.exit_code in (3, 4), hard.err
    said = hard.err if hard.exit_code == 4 else " ".join(doubts(hard, DoubtKind.RAN_OUT))
    assert "EMFILE" in said
    assert "warning: open files: 256 open files are allowed; a storm may take" in hard.err
    assert doubts(soft, DoubtKind.RAN_OUT) == []


@pytest.mark.storm
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_one_core_that_others_use_is_a_doubt_that_names_who_came_late(tmp_path: Path) -> None:
    """The same people and luck: undisturbed a verdict without a doubt, starved none, for the true reason."""
    path = scenario(tmp_path, load=SHORT["load"], faults=[], thresholds={"wrongful_no_credit_rate": ["< 40%"]})
    core = min(os.sched_getaffinity(0))
    # In this session, as the loops are: a session of its own may have a share of its own of the core.
    command = ["taskset", "-c", str(core), *RUN]
    with Running(str(path), out=tmp_path / "late", command=command, apart=False) as running:
        running.await_mark("load_started")
        with spinning(SPINNING, core):
            time.sleep(STARVED_FOR_S)
        late = running.finish()
    # A part that could not even answer the watchdog ends the run, by name and with the same reason.
    assert late.exit_code in (3, 4), late.out
    said = late.err if late.exit_code == 4 else " ".join(doubts(late, DoubtKind.STARVED))
    assert " late (" in said or "to answer a probe" in said or "does not answer" in said, said
    assert "a second for a core" in said, said
    undisturbed = run(str(path), out=tmp_path / "alone")
    sound(undisturbed)
    assert undisturbed.exit_code == 0, undisturbed.out
    assert undisturbed.machine_doubts == []
