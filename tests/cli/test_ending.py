"""Every end has its exit code: errors that we know, errors that we do not, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from creditstorm.cli import app, main
from creditstorm.cli.ending import NO_MEMORY, exit_code_of_error, left_by_signals
from creditstorm.errors import HarnessError, UsageError
from creditstorm.interrupts import INTERRUPTING

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("error", "exit_code", "said"),
    [
        (UsageError("no such thing"), 2, "no such thing\n"),
        (HarnessError("no server"), 4, "no server\n"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(32, "Broken pipe"), 4, "creditstorm itself failed: Broken pipe"),
        (OSError(28, "No space left on device"), 4, "the disk takes no more: No space left on device; free some"),
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


@pytest.mark.parametrize("number", [number for number in INTERRUPTING if number != signal.SIGALRM])
def test_a_signal_leaves_like_ctrl_c(number: int) -> None:
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


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", ""),
        ("SIGTERM", ""),
        ("SIGUSR1", "interrupted by SIGUSR1\n"),
        ("SIGXCPU", "interrupted by SIGXCPU: the CPU"),
    ],
)
def test_a_signal_that_few_know_of_is_named(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And what a limit sent gets its remedy."""
    assert exit_code_of_error(KeyboardInterrupt(*filter(None, [name]))) == 130
    shown = capsys.readouterr().err
    assert shown.startswith(said)
    assert bool(shown) == bool(said)


def test_an_error_that_there_is_no_memory_to_tell_of_is_none_of_the_gate(capfd: pytest.CaptureFixture[str]) -> None:
    """Exit 4 and a line that was ready before."""

    class WordlessError(HarnessError):
        def __str__(self) -> str:
            raise MemoryError

    assert exit_code_of_error(WordlessError()) == 4
    assert capfd.readouterr().err == f"{NO_MEMORY}\n"


ENDS = """
import atexit, os, signal, sys
from creditstorm.cli.ending import end_at_once, left_by_signals
if sys.argv[1] == "while Python ends":
    atexit.register(os.kill, os.getpid(), signal.SIGTERM)
with left_by_signals():
    end_at_once(3)
if sys.argv[1] == "after the last word":
    os.kill(os.getpid(), int(sys.argv[2]))
sys.exit(3)
"""


@pytest.mark.parametrize(
    ("when", "number"),
    [
        ("after the last word", signal.SIGINT),
        ("after the last word", signal.SIGTERM),
        ("after the last word", signal.SIGUSR2),
        ("while Python ends", signal.SIGTERM),
    ],
)
def test_a_signal_that_comes_last_changes_no_exit_code(when: str, number: int) -> None:
    """What was said stands; there is no traceback of the interpreter's own end."""
    command = [sys.executable, "-c", ENDS, when, str(int(number))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")


def test_a_signal_that_was_held_back_is_heard() -> None:
    """Whoever starts the command from a thread that blocks signals hands the mask down."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        with left_by_signals():
            assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
