"""Runs the whole test suite in the least time that leaves the storms undisturbed; `make test` calls it.

    .venv/bin/python ci/suite.py

Three parts, each a pytest of its own, all run whatever the first finds; the exit code is 1 unless all pass. Storms read
figures from real load, so nothing else may want the processor while they run; but half of it stands idle then. What
only computes takes that half, in the class of processes that the kernel runs when no other wants to (SCHED_IDLE).
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

ROOT: Final = Path(__file__).parents[1]
STORMS: Final = ("tests/storm", "tests/laws", "tests/docs", "tests/abuse/test_starved.py")
COMPUTED: Final = (
    *("tests/analysis", "tests/credit", "tests/demand", "tests/language", "tests/museum", "tests/scenario"),
    *("tests/validation", "tests/runs/test_feedback_laws.py"),
)
"""Nothing in here starts a process or waits for a clock, so that it may take as long as it likes."""
PATIENCE_S: Final = "1800"


def main() -> int:
    """Run all three; 0 only if every one of them passed."""
    began = time.monotonic()
    with TemporaryFile() as said:
        computed = _pytest("-n", "2", "--timeout", PATIENCE_S, *COMPUTED, out=said, idle=True)
        try:
            storms = _pytest(*STORMS).wait()
            units = _pytest("-n", "3", "--dist", "worksteal", *_left_out(STORMS + COMPUTED)).wait()
            codes = {"computed": computed.wait(), "storms": storms, "units": units}
        finally:
            if computed.poll() is None:
                os.killpg(computed.pid, signal.SIGTERM)
        said.seek(0)
        print(said.read().decode(errors="replace"), flush=True)
    print(f"whole suite: {time.monotonic() - began:.0f} s; exit codes {codes}", flush=True)
    return 0 if set(codes.values()) == {0} else 1


def _pytest(*words: str, out: IO[bytes] | None = None, idle: bool = False) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", *words]
    process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out and subprocess.STDOUT, start_new_session=idle)
    if idle:  # before it starts workers, which do as it does
        os.sched_setscheduler(process.pid, os.SCHED_IDLE, os.sched_param(0))
        # Where sessions are scheduled as groups that one class holds within its own only, so the group steps back, too.
        with suppress(OSError):
            Path(f"/proc/{process.pid}/autogroup").write_text("19", encoding="ascii")
    return process


def _left_out(tests: tuple[str, ...]) -> list[str]:
    return [f"--ignore={one}" for one in tests]


if __name__ == "__main__":
    sys.exit(main())
