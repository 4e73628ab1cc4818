"""Callers who hold a worker for as long as a test wants."""

from __future__ import annotations

import asyncio

from mock_services.workers.capacity import Capacity


class Crowd:
    """Calls that hold a worker until they are told to finish."""

    def __init__(self, capacity: Capacity) -> None:
        self.capacity = capacity
        self.began: list[int] = []
        self.done: dict[int, asyncio.Event] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}

    async def _hold(self, number: int) -> None:
        async with self.capacity:
            self.began.append(number)
            await self.done[number].wait()

    async def arrive(self, *numbers: int) -> None:
        for number in numbers:
            self.done[number] = asyncio.Event()
            self.tasks[number] = asyncio.create_task(self._hold(number))
        await settle()

    async def finish(self, *numbers: int) -> None:
        for number in numbers:
            self.done[number].set()
        await settle()

    def counts(self) -> tuple[int, int, int, int]:
        of = self.capacity
        return of.in_flight, of.queue, of.served, of.shed


async def settle(turns: int = 10) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)
