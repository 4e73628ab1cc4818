"""The signals that interrupt in order: all that would end a process unasked, and none that is a crash of it."""

from __future__ import annotations

import signal

import pytest
from creditstorm.interrupts import INTERRUPTING, how_it_ended, interrupt, is_ours, name_of

CRASHES = {"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGTRAP", "SIGSYS"}
ENDS_NOBODY = {"SIGCHLD", "SIGCLD", "SIGCONT", "SIGURG", "SIGWINCH", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"}
IGNORED_BY_PYTHON = {"SIGPIPE", "SIGXFSZ"}
NOT_TOLD = {"SIGKILL"}


def test_every_signal_is_one_or_the_other() -> None:
    """None is forgotten, whatever this system has."""
    known = {number.name for number in signal.Signals}
    heard = {name_of(number) for number in INTERRUPTING} | {"SIGPOLL"}
    assert known - heard - CRASHES - ENDS_NOBODY - IGNORED_BY_PYTHON - NOT_TOLD == set()
    assert heard & (CRASHES | ENDS_NOBODY | NOT_TOLD) == set()


def test_a_signal_has_its_name() -> None:
    """Also one that only has a number."""
    assert name_of(signal.SIGUSR1) == "SIGUSR1"
    assert name_of(signal.SIGRTMIN + 3) == "SIGRTMIN+3"


@pytest.mark.parametrize(
    ("exit_code", "told"),
    [
        (1, "exit code 1"),
        (-signal.SIGSEGV, "killed by SIGSEGV"),
        (-signal.SIGKILL, "killed by SIGKILL: by hand, or because memory ran out (`dmesg` says so)"),
    ],
)
def test_how_a_child_ended_is_told_in_words(exit_code: int, told: str) -> None:
    """A limit of CPU time sends a signal whose number nobody knows."""
    assert how_it_ended(exit_code) == told
    assert "ulimit -t unlimited" in how_it_ended(-signal.SIGXCPU)


def test_the_handler_says_which_it_was() -> None:
    """And is known as ours."""
    before = signal.signal(signal.SIGUSR2, interrupt)
    try:
        assert is_ours(signal.SIGUSR2)
        with pytest.raises(KeyboardInterrupt, match="SIGUSR2"):
            signal.raise_signal(signal.SIGUSR2)
    finally:
        signal.signal(signal.SIGUSR2, before)
