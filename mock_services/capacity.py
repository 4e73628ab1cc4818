"""Finite capacity: a number of workers and a bounded queue, so that overload emerges instead of being scripted."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class QueueFullError(Exception):
    """No worker is free and the queue is full: the caller is shed."""


class Capacity:
    """Workers with one first-come queue in front: ``async with capacity:`` waits for a worker and holds it.

    A caller that hangs up keeps its place and its worker, as it would in a real service that only notices
    when it writes the answer.
    """

    def __init__(self, workers: int, queue: int) -> None:
        self._workers = asyncio.Semaphore(workers)
        self._queue_length = queue
        self.in_flight = 0
        self.queue = 0
        self.served = 0
        self.shed = 0

    async def __aenter__(self) -> Self:
        if self._workers.locked():
            await self._wait()
        else:
            await self._workers.acquire()
        self.in_flight += 1
        return self

    async def _wait(self) -> None:
        if self.queue >= self._queue_length:
            self.shed += 1
            raise QueueFullError
        self.queue += 1
        try:
            await self._workers.acquire()
        finally:
            self.queue -= 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.in_flight -= 1
        self.served += 1
        self._workers.release()
