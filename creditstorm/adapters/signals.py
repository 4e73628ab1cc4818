"""Ctrl-C once drains and keeps the results, twice leaves; SIGTERM drains too."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from creditstorm.engine.events import StopRequested


@contextmanager
def stop_on_signals(post: Callable[[StopRequested], None], now_s: Callable[[], float]) -> Iterator[None]:
    """Post the first SIGINT or SIGTERM as `StopRequested`; the next one raises KeyboardInterrupt."""

    def ask(number: int, _frame: FrameType | None) -> None:
        for wanted in before:
            signal.signal(wanted, leave)
        post(StopRequested(t_s=now_s(), reason=signal.Signals(number).name))

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
