"""The one queue between everything that happens beside the engine and the engine; and the signals that reach it.

Ctrl-C once drains and keeps the results, twice leaves; so does every other signal that would end the process and is no
crash of it. While everything still starts there is nothing to drain: the engine ends the start with its next step.
"""

import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from creditstorm.adapters.disk import DISK
from creditstorm.engine.events import Event, PartFailed, StopRequested
from creditstorm.interrupts import ASKED, INTERRUPTING, interrupt, is_ours, name_of
from creditstorm.unforeseen import of_the_disk, unforeseen

TRIED_AGAIN: Final = ("late imports", "figures")


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
def broken_threads_told(post: Callable[[PartFailed], None], now_s: Callable[[], float], log: Path) -> Iterator[None]:
    """Post a thread of the harness that breaks as `PartFailed`, with its traceback in `log`, and not on the screen.

    What is imported and drawn beside the load is tried again by whoever needs it, and told there.
    """

    def tell(told: threading.ExceptHookArgs) -> None:
        name = told.thread.name if told.thread else ""
        if told.exc_value is not None and name not in TRIED_AGAIN:
            post(_broken(told.exc_value, name, now_s(), log))

    before, threading.excepthook = threading.excepthook, tell
    try:
        yield
    finally:
        threading.excepthook = before


def _broken(error: BaseException, thread: str, now_s: float, log: Path) -> PartFailed:
    """Whose fault it is, and what is wrong: a thread may find the disk shut before the watchdog looks."""
    if isinstance(error, OSError) and of_the_disk(error):
        where = f": {error.filename}" if error.filename is not None else ""
        state = f"takes no record any more: {os.strerror(error.errno or 0)}{where}"
        return PartFailed(t_s=now_s, part=DISK, state=state)
    line = str(unforeseen(error, log))
    return PartFailed(t_s=now_s, part="the harness", state=f"broke in a thread ({thread})", last_lines=(line,))


def hear_sigint() -> None:
    """Hear SIGINT as before, after a library hooked it; call it in the main thread.

    polars does when it is imported, and then breaks a query off with KeyboardInterrupt: the first Ctrl-C is to drain.
    """
    if (heard := signal.getsignal(signal.SIGINT)) is not None:
        signal.signal(signal.SIGINT, heard)


@contextmanager
def stop_on_signals(
    post: Callable[[StopRequested], None],
    now_s: Callable[[], float],
) -> Iterator[None]:
    """Post the first signal of `INTERRUPTING` as `StopRequested`; the next one raises KeyboardInterrupt.

    The first one never raises: what a handler raises beside a fork is lost, and a lock may be held for ever. A SIGHUP
    that is ignored stays so: that is what ``nohup`` is for. Whoever uses another signal for something of its own keeps
    it.
    """

    def ask(number: int, _frame: FrameType | None) -> None:
        for wanted in before:
            signal.signal(wanted, interrupt)
        post(StopRequested(t_s=now_s(), reason=name_of(number)))

    before = {number: signal.signal(number, ask) for number in INTERRUPTING if _to_hear(number)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _to_hear(number: int) -> bool:
    asked = number in ASKED and signal.getsignal(number) is not signal.SIG_IGN
    return asked or number == signal.SIGINT or is_ours(number)
