"""What the sampler looks at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.processes.sampler import Sampler
from creditstorm.record.folder import RunFolder


def test_a_process_that_was_started_again_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """One name is one row: the new process counts, the dead one is not looked at any more."""
    sampler = Sampler(RunFolder(tmp_path), RunClock())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as old:
        sampler.watch("bureau", old.pid)
    sampler.watch("bureau", os.getpid())
    rows = [row for row in sampler._look() if row[1] == "bureau"]
    assert len(rows) == 1
    assert rows[0][-1] is not None
