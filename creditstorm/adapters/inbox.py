"""The one queue between everything that happens beside the engine and the engine; and the signals that reach it.

Ctrl-C once drains and keeps the results, twice leaves; SIGTERM and SIGHUP drain too. While everything still starts
there is nothing to drain, and the first of them leaves.
"""

import queue
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from creditstorm.engine.events import Event, StopRequested

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class QueueInbox:
    """Threads and signal handlers post, the engine gets."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def post(self, event: Event) -> None:
        """Hand an event to the engine; safe from threads and signal handlers."""
        self._events.put(event)

    def get(self, timeout_s: float) -> Event | None:
        """The next event, None after `timeout_s` seconds without one."""
        try:
            return self._events.get(timeout=max(0.0, timeout_s))
        except queue.Empty:
            return None


@contextmanager
def stop_on_signals(
    post: Callable[[StopRequested], None],
    now_s: Callable[[], float],
    starting: Callable[[], bool] = lambda: False,
) -> Iterator[None]:
    """Post the first SIGINT, SIGTERM or SIGHUP as `StopRequested`; the next one raises KeyboardInterrupt.

    So does the first one while it is `starting`, with the name of the signal. A SIGHUP that is ignored stays so: that
    is what ``nohup`` is for.
    """

    def ask(number: int, _frame: FrameType | None) -> None:
        for wanted in before:
            signal.signal(wanted, leave)
        if starting():
            raise KeyboardInterrupt(signal.Signals(number).name)
        post(StopRequested(t_s=now_s(), reason=signal.Signals(number).name))

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    heard = [number for number in SIGNALS if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, ask) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
