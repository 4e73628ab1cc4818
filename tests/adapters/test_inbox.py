"""Signals reach the engine as events; while there is nothing to drain they end what starts."""

from __future__ import annotations

import os
import signal

import pytest
from creditstorm.adapters.inbox import QueueInbox, stop_on_signals
from creditstorm.engine.events import StopRequested

EACH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])


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


@EACH
def test_while_everything_starts_the_first_one_leaves(number: signal.Signals) -> None:
    """There is nothing to drain; the event would wait until somebody had been asked."""
    inbox = QueueInbox()
    with pytest.raises(KeyboardInterrupt, match=number.name), stop_on_signals(inbox.post, lambda: 3.0, lambda: True):
        os.kill(os.getpid(), number)
    assert inbox.get(0.0) is None


def test_a_hang_up_that_is_ignored_stays_so() -> None:
    """`nohup` asked for it."""
    inbox, before = QueueInbox(), signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_on_signals(inbox.post, lambda: 3.0):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert inbox.get(0.0) is None
