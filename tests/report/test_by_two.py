"""Half of the figures come from a fork, and from here where it breaks."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
from creditstorm.report.figures.by_two import beside

HERE = os.getpid()


def whose() -> bool:
    """Whether a fork does this."""
    return os.getpid() != HERE


def breaks_in_a_fork() -> bool:
    """An error there, what it is to be here."""
    if whose():
        raise ZeroDivisionError
    return False


def dies_in_a_fork() -> bool:
    """The kernel ends it there."""
    if whose():
        os.kill(os.getpid(), signal.SIGKILL)
    return False


@pytest.mark.parametrize(("work", "forked"), [(whose, True), (breaks_in_a_fork, False), (dies_in_a_fork, False)])
def test_what_a_fork_does_not_bring_is_done_here(work: Callable[[], bool], forked: bool) -> None:
    """Nothing is missing where it broke, and it leaves no zombie."""
    assert beside(work)() is forked
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("call", ["pipe", "fork"])
def test_without_a_fork_the_work_is_done_here(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process, or no file, is left on this machine."""

    def none_left() -> None:
        raise BlockingIOError

    monkeypatch.setattr(os, call, none_left)
    assert beside(whose)() is False
