"""Signals reach the engine as events; while there is nothing to drain they end what starts."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from creditstorm.adapters.inbox import QueueInbox, broken_threads_told, stop_on_signals
from creditstorm.engine.events import PartFailed, StopRequested

ROOT = Path(__file__).parents[2]
EACH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGXCPU])


@EACH
def test_the_first_signal_asks_and_the_second_leaves(number: signal.Signals) -> None:
    """Whichever they are; the handlers of before are back afterwards."""
    inbox, before = QueueInbox(), signal.getsignal(number)
    with stop_on_signals(inbox.post, lambda: 3.0):
        os.kill(os.getpid(), number)
        assert inbox.get(0.0) == StopRequested(t_s=3.0, reason=number.name)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(number) is before


IN_A_QUERY = """
import os, signal, sys
from creditstorm.adapters.inbox import QueueInbox, hear_sigint, stop_on_signals

inbox = QueueInbox()
with stop_on_signals(inbox.post, lambda: 3.0):
    import polars as pl
    if sys.argv[1] == "heard":
        hear_sigint()
    def interrupted(column):
        os.kill(os.getpid(), signal.SIGINT)
        return column
    query = pl.LazyFrame({"a": [1, 2, 3]}).select(pl.col("a").map_batches(interrupted, return_dtype=pl.Int64))
    for _ in range(20):
        query.with_columns(b=pl.col("a").sort()).group_by("a").agg(pl.len()).collect()
        if (event := inbox.get(0.0)) is not None:
            print(event.reason)
            break
"""


@pytest.mark.parametrize("how", ["heard", "hooked"])
def test_an_interrupt_in_a_query_asks_as_any_other(how: str) -> None:
    """Of a monitor, say; polars itself would break it off and leave at once, which shows that this one is met."""
    command = [sys.executable, "-c", IN_A_QUERY, how]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)
    assert ("KeyboardInterrupt" in done.stderr) == (how == "hooked"), done.stderr
    assert done.stdout == ("SIGINT\n" if how == "heard" else "")


def test_a_hang_up_that_is_ignored_stays_so() -> None:
    """`nohup` asked for it."""
    inbox, before = QueueInbox(), signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_on_signals(inbox.post, lambda: 3.0):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert inbox.get(0.0) is None


def broken() -> None:
    """What a thread does that nobody foresaw."""
    raise LookupError("odd")


def test_a_thread_that_breaks_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its traceback in the log, and nothing on the screen; what is tried again elsewhere is told there."""
    inbox, before = QueueInbox(), threading.excepthook
    with broken_threads_told(inbox.post, lambda: 3.0, tmp_path / "harness.log"):
        for name in ("late imports", "sampler"):
            thread = threading.Thread(target=broken, name=name)
            thread.start()
            thread.join()
    told = inbox.get(0.0)
    assert isinstance(told, PartFailed)
    assert (told.part, told.state) == ("the harness", "broke in a thread (sampler)")
    assert "LookupError: odd" in told.last_lines[0]
    assert "Traceback" in (tmp_path / "harness.log").read_text()
    assert inbox.get(0.0) is None
    assert threading.excepthook is before
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EIO])
def test_a_thread_that_finds_the_disk_shut_says_so(tmp_path: Path, number: int) -> None:
    """Before the watchdog looked; it is not the harness that broke."""

    def write() -> None:
        raise OSError(number, "as the library says it", "/full/services.arrows")

    inbox = QueueInbox()
    with broken_threads_told(inbox.post, lambda: 3.0, tmp_path / "harness.log"):
        thread = threading.Thread(target=write, name="sampler")
        thread.start()
        thread.join()
    told = inbox.get(0.0)
    assert isinstance(told, PartFailed)
    state = f"takes no record any more: {os.strerror(number)}: /full/services.arrows"
    assert told == PartFailed(t_s=3.0, part="the disk", state=state)


def test_a_signal_that_somebody_uses_stays_theirs() -> None:
    """A program that carries out a run may have its own use of one; an end is asked for by the usual ones."""
    inbox, heard = QueueInbox(), []
    before = signal.signal(signal.SIGUSR1, lambda *_: heard.append("theirs"))
    try:
        with stop_on_signals(inbox.post, lambda: 3.0):
            os.kill(os.getpid(), signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert heard == ["theirs"]
    assert inbox.get(0.0) is None
