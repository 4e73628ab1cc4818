"""Runs the whole test suite in the least time that leaves the storms undisturbed; `make test` calls it.

    .venv/bin/python ci/suite.py

Three parts, each a pytest of its own, all run whatever the first finds; the exit code is 1 unless all pass. Storms read
figures from real load, so nothing else may want the processor while they run; but half of it stands idle then. What
only computes takes that half, as processes that the kernel runs when no other wants to.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

import psutil

ROOT: Final = Path(__file__).parents[1]
STORMS: Final = ("tests/storm", "tests/laws", "tests/docs", "tests/abuse/test_starved.py")
COMPUTED: Final = (
    *(
        f"tests/{package}"
        for package in ("analysis", "credit", "demand", "language", "museum", "scenario", "validation")
    ),
    *(
        "tests/report/matrix",
        "tests/report/planning",
        "tests/abuse/test_damaged_folders.py",
        "tests/abuse/test_mutants.py",
    ),
    *("tests/runs/test_feedback_laws.py", "tests/runs/test_simulated_laws.py", "tests/runs/test_simulate.py"),
    *("tests/runs/beforehand", "tests/runs/forecasting", "tests/runs/sweeping"),
)
"""Nothing in here waits for a clock or for a load, so that it may take as long as it likes."""
PATIENCE_S: Final = "1800"


def main() -> int:
    """Run all three; 0 only if every one of them passed."""
    began = time.monotonic()
    with TemporaryFile() as said:
        computed = _pytest("-n", "2", "--timeout", PATIENCE_S, *COMPUTED, out=said)
        _schedule(computed.pid, os.SCHED_IDLE, nice=19)  # before it starts workers, which do as it does
        try:
            storms = _pytest(*STORMS).wait()
            units = _pytest("-n", "4", "--dist", "worksteal", *_left_out(STORMS + COMPUTED)).wait()
            for process in _tree(computed.pid):
                _schedule(process.pid, os.SCHED_OTHER, nice=0)
            codes = {"computed": computed.wait(), "storms": storms, "units": units}
        finally:
            if computed.poll() is None:
                os.killpg(computed.pid, signal.SIGTERM)
        said.seek(0)
        print(said.read().decode(errors="replace"), flush=True)
    print(f"whole suite: {time.monotonic() - began:.0f} s; exit codes {codes}", flush=True)
    return 0 if set(codes.values()) == {0} else 1


def _pytest(*words: str, out: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """What is not shown at once has a session of its own: a group to be scheduled, and to be ended, by itself."""
    command = [sys.executable, "-m", "pytest", *words]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=out, stderr=out and subprocess.STDOUT, start_new_session=out is not None
    )


def _schedule(pid: int, how: int, *, nice: int) -> None:
    """Where sessions are scheduled as groups (autogroup) a class counts within its own only: the group moves, too."""
    with suppress(OSError):  # to come back may need a right; what does not come back is slower only
        os.sched_setscheduler(pid, how, os.sched_param(0))
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(nice), encoding="ascii")


def _tree(pid: int) -> list[psutil.Process]:
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    return []


def _left_out(tests: tuple[str, ...]) -> list[str]:
    return [f"--ignore={one}" for one in tests]


if __name__ == "__main__":
    sys.exit(main())
