"""A Redis in a dictionary that can be slow, hung or broken."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from mock_services.cache.redis_client import Fields, StoreClientError


@dataclass
class FakeStoreClient:
    """Answers after `takes_s`; refuses while it is `broken`."""

    takes_s: float = 0.0
    broken: bool = False
    people: dict[tuple[int, int], dict[bytes, bytes]] = field(default_factory=dict)
    reads: int = 0
    cancelled: int = 0

    async def read(self, generation: int, applicant: int) -> Fields:
        self.reads += 1
        await self._work()
        return self.people.get((generation, applicant), {})

    async def write(self, generation: int, people: Mapping[int, Fields]) -> None:
        await self._work()
        for applicant, fields in people.items():
            self.people.setdefault((generation, applicant), {}).update(fields)

    async def close(self) -> None:
        await self._work()

    async def _work(self) -> None:
        try:
            await asyncio.sleep(self.takes_s)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.broken:
            raise StoreClientError("broken")
