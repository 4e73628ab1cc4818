"""An event loop in which nobody waits: when all are asleep, time jumps to the next who wakes."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Jump(selectors.SelectSelector):
    """Waits by moving the clock on."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0.0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose clock starts at 0 and only moves while all are asleep."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now


def now() -> float:
    """The time of the running loop, as the clock of what is tested."""
    return asyncio.get_running_loop().time()


def run(story: Coroutine[Any, Any, T]) -> T:
    """What the story returns, without waiting for any of its sleeps."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(story)
