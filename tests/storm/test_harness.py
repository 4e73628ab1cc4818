"""The harness of the storms knows a starved machine when it sees one."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from creditstorm.analysis.validity import honesty as doubts
from creditstorm.record.folder import RunFolder
from tests.storm.harness import Done, sound
from tests.storm.machine import OtherWork

STARVED = doubts.GeneratorHealth(
    answers=900, unsent=100, unsent_share=0.1, lag_p99_s=0.3, generator_share=0.95, machine_share=0.95
)


def told(folder: Path, *found: str, elsewhere: float = 0.0) -> Done:
    """A run whose summary has these doubts."""
    run = Done(3, "", "", RunFolder(folder), elsewhere)
    run.folder.summary.write_text(json.dumps({"honesty": {"doubts": found}}))
    return run


def test_each_doubt_about_the_machine_is_known_as_one(tmp_path: Path) -> None:
    """Unsent and late arrivals, a generator and a machine out of CPU, in the words of the analysis."""
    found = tuple(doubts._about_the_generator(STARVED))
    assert len(found) == 4
    assert told(tmp_path, *found).machine_doubts == list(found)


def test_a_doubt_about_the_code_is_no_excuse(tmp_path: Path) -> None:
    """A fault that nobody met, or a dead worker, fails a test and does not skip it."""
    sound(told(tmp_path, "no request met blackhole on bureau (bureau)", "load worker 0 died: its arrivals are missing"))


def test_a_doubt_about_the_machine_skips_with_its_reason(tmp_path: Path) -> None:
    """Also where other work had a good part of the machine, whatever the run says."""
    with pytest.raises(pytest.skip.Exception, match="other work had 40% of the machine"):
        sound(told(tmp_path, elsewhere=0.4))


BUSY = "import time\nuntil = time.process_time() + 1.5\nwhile time.process_time() < until: pass"
FOR_LONG = BUSY.replace("1.5", "6")
NEVER_WAITED_FOR = f"""
import os, signal, subprocess, sys, time
busy = subprocess.Popen([sys.executable, '-c', {BUSY!r}])
time.sleep(2.5)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("code", [BUSY, NEVER_WAITED_FOR], ids=["waited for", "orphaned"])
def test_what_the_session_itself_spends_is_no_other_work(code: str) -> None:
    """A busy child of ours counts for us; so does one whose parent was killed, and which nobody of ours waits for."""
    with OtherWork() as other:
        begun = other.own_s
        subprocess.run([sys.executable, "-c", code], check=False)
    assert other.own_s - begun >= 1.2


def test_what_somebody_else_spends_is_other_work() -> None:
    """A process that was there before, and is not ours, is seen."""
    leaves = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {FOR_LONG!r}], start_new_session=True)"
    subprocess.run([sys.executable, "-c", leaves], check=True)
    with OtherWork() as other:
        time.sleep(2.0)
    assert other.share > 0.2 / (psutil.cpu_count() or 1)
