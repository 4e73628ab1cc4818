"""Every end has its exit code: errors that we know, errors that we do not, signals."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from creditstorm.cli import app, main
from creditstorm.cli.ending import left_by_signals
from creditstorm.errors import HarnessError, UsageError


@pytest.mark.parametrize(
    ("error", "exit_code", "said"),
    [
        (UsageError("no such thing"), 2, "no such thing\n"),
        (HarnessError("no server"), 4, "no server\n"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(32, "Broken pipe"), 4, "creditstorm itself failed: Broken pipe"),
        (OSError(28, "No space left on device"), 4, "creditstorm itself failed: No space left on device"),
        (EOFError(), 4, "creditstorm itself failed: EOFError"),
        (ZeroDivisionError("by 0"), 4, "creditstorm itself failed: ZeroDivisionError: by 0"),
        (RecursionError("deep"), 4, "creditstorm itself failed: RecursionError: deep"),
        (MemoryError(), 4, "creditstorm itself failed: MemoryError"),
        (UnicodeEncodeError("ascii", "é", 0, 1, "no"), 4, "creditstorm itself failed: UnicodeEncodeError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_no_error_of_a_verb_is_told_as_a_verdict(
    error: BaseException,
    exit_code: int,
    said: str,
    tmp_path: Path,
    *,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """1 is a threshold that failed, whatever breaks; one line says what, and the traceback is not on the screen."""

    def broken(_verb: str) -> None:
        raise error

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(app, "_imported", broken)
    monkeypatch.setattr(sys, "argv", ["creditstorm", "doctor"])
    monkeypatch.setattr(app.Verbs, "commands", {}, raising=False)
    with pytest.raises(SystemExit) as left:
        main()
    shown = capsys.readouterr()
    assert left.value.code == exit_code
    assert shown.out == ""
    assert shown.err.startswith(said)
    assert shown.err.count("\n") == (1 if said else 0)
    assert "Traceback" not in shown.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_like_ctrl_c(number: signal.Signals) -> None:
    """So that whatever is half written is put away."""
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), left_by_signals():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_a_signal_that_is_ignored_stays_so() -> None:
    """`nohup` asked for it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with left_by_signals():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
