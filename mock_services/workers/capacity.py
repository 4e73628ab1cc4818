"""Finite capacity: a number of workers and a bounded queue, so that overload emerges instead of being scripted."""

import asyncio
import math
from collections import deque
from types import TracebackType
from typing import Final, Self


class QueueFullError(Exception):
    """No worker is free and the queue is full: the caller is shed."""


class Capacity:
    """Workers with one first-come queue in front: ``async with capacity:`` waits for a worker and holds it.

    A caller that hangs up keeps its place and its worker, as it would in a real service that only notices
    when it writes the answer. The number of workers may change at any time: who holds one keeps it, who waits
    keeps the place in the queue. Nobody waits while a worker is free.
    """

    def __init__(self, workers: int, queue: int) -> None:
        self._all_workers: Final = workers
        self._queue_length: Final = queue
        self._factors: dict[str, float] = {}
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.workers = workers
        self.in_flight = 0
        self.queue = 0
        self.served = 0
        self.shed = 0
        self.met_none_free = 0
        self._held_s = 0.0
        self._held_until_s: float | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def held_s(self) -> float:
        """Seconds for which workers were held so far, of all of them together; inside a running loop."""
        self._count_held()
        return self._held_s

    def _count_held(self) -> None:
        """Before the number of those in flight changes: that many held a worker until now."""
        if self._loop is None:  # the same ever after: a request that is thrown away may end when no loop runs
            self._loop = asyncio.get_running_loop()
        now_s = self._loop.time()
        if self._held_until_s is not None:
            self._held_s += self.in_flight * (now_s - self._held_until_s)
        self._held_until_s = now_s

    def scale(self, name: str, factor: float) -> None:
        """From now on only this part of the workers, at least one; parts of several names multiply."""
        self._factors[name] = factor
        self._resize()

    def unscale(self, name: str) -> None:
        """The workers that were taken away under this name are back."""
        self._factors.pop(name, None)
        self._resize()

    def _resize(self) -> None:
        self.workers = max(1, round(self._all_workers * math.prod(self._factors.values())))
        self._let_in()

    async def __aenter__(self) -> Self:
        if self.in_flight < self.workers:
            self._count_held()
            self.in_flight += 1
        else:
            await self._wait()
        return self

    async def _wait(self) -> None:
        self.met_none_free += 1
        if self.queue >= self._queue_length:
            self.shed += 1
            raise QueueFullError
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self.queue += 1
        try:
            await turn
        except asyncio.CancelledError:
            self._give_up(turn)
            raise

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if not turn.cancelled():  # it was given a worker in the same instant
            self._count_held()
            self.in_flight -= 1
            self._let_in()
        elif turn in self._waiting:
            self._waiting.remove(turn)
            self.queue -= 1

    def _let_in(self) -> None:
        while self._waiting and self.in_flight < self.workers:
            turn = self._waiting.popleft()
            self.queue -= 1
            if not turn.cancelled():
                self._count_held()
                self.in_flight += 1
                turn.set_result(None)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._count_held()
        self.in_flight -= 1
        self.served += 1
        self._let_in()
