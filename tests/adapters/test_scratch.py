"""What `up` keeps in the temporary folder is gone with it, whatever ended it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from creditstorm.adapters.scratch import scratch_folder

HOLD = """
import sys, time
from creditstorm.adapters.scratch import scratch_folder
with scratch_folder("held-") as folder:
    (folder / "logs").mkdir()
    (folder / "logs" / "one.log").write_text("x")
    print(folder, flush=True)
    time.sleep(600)
"""
ROOT = Path(__file__).parents[2]
GONE_WITHIN_S = 10.0


def test_it_is_private_and_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where what was done in it failed."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with suppress(KeyError), scratch_folder("x-") as folder:
        (folder / "file").touch()
        assert (folder.parent, folder.stat().st_mode & 0o777) == (tmp_path, 0o700)
        raise KeyError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_it_goes_with_who_was_killed(number: signal.Signals, tmp_path: Path) -> None:
    """The whole group of the terminal, as when that is closed."""
    environ = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as held:
        assert held.stdout is not None
        folder = Path(held.stdout.readline().strip())
        assert (folder / "logs" / "one.log").is_file()
        os.killpg(held.pid, number)
    until = time.monotonic() + GONE_WITHIN_S
    while list(tmp_path.iterdir()) and time.monotonic() < until:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []
