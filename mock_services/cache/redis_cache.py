"""Last known good values a network away: read ahead once a request, written behind, and never waited for in vain."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import islice
from types import TracebackType
from typing import Final

from creditstorm import steady
from creditstorm.credit.case import CreditRequest
from mock_services.cache.layers import Layers, Remembered, Snapshot
from mock_services.cache.redis_client import Fields, StoreClient, StoreClientError, field_of, read, written
from mock_services.workers.background import Background

MOST_PEOPLE: Final = 10_000

People = Mapping[int, Mapping[bytes, Remembered]]


class Pending:
    """Values of at most `most` people; those of more people are dropped and counted."""

    def __init__(self, most: int = MOST_PEOPLE) -> None:
        self._most = most
        self._people: dict[int, dict[bytes, Remembered]] = {}
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._people)

    def put(self, applicant: int, service: str, good: Remembered) -> None:
        """Let this value wait to be written."""
        known = self._room_for(applicant)
        if known is None:
            self.dropped += 1
        else:
            known[field_of(service, good)] = good

    def take(self, most: int) -> People:
        """Those who have waited longest; they do not wait any more."""
        first = list(islice(self._people, most))
        return {applicant: self._people.pop(applicant) for applicant in first}

    def put_back(self, people: People) -> None:
        """These could not be written: they wait again, under what has been learnt since."""
        for applicant, values in people.items():
            known = self._room_for(applicant)
            if known is None:
                self.dropped += len(values)
            else:
                self._people[applicant] = {**values, **known}

    def clear(self) -> None:
        """Nothing waits any more."""
        self._people.clear()

    def _room_for(self, applicant: int) -> dict[bytes, Remembered] | None:
        known = self._people.get(applicant)
        if known is None and len(self._people) < self._most:
            known = self._people[applicant] = {}
        return known


READ_WITHIN_S: Final = 0.25
"""A request waits no longer than this for what is known, counted from its beginning: a healthy Redis takes 1 ms, and
nobody who is told "skipped" at once by an open breaker should wait for a sick one."""
WRITE_WITHIN_S: Final = 1.0
GATHER_S: Final = 0.05
"""What is learnt within this time is written together."""
REST_S: Final = 0.5
"""After a write that failed."""
BATCH: Final = 200


class RedisCache(Layers, Background):
    """Values that were learnt, else those of the snapshot, both behind one Redis: unreachable, it knows nothing.

    So the snapshot, which a real lender loads into the same cache overnight, is only asked when the read came back.
    ``async with`` it to have written what was learnt. A flush begins a new generation of keys, in which nothing is
    known; the old ones are tidied up with the rest at the end.
    """

    def __init__(self, client: StoreClient, snapshot: Snapshot, now: Callable[[], float] = steady.unix_s) -> None:
        super().__init__(snapshot)
        self._client = client
        self._now = now
        self._pending = Pending()
        self._news = asyncio.Event()
        self.generation = 0

    @property
    def dropped(self) -> int:
        """How many values were never written, because too many people waited for that."""
        return self._pending.dropped

    def ahead(self, request: CreditRequest, until: float) -> "Recall":
        """What is known of the person of this request: the read is under way, and given up at `until` at the latest."""
        within_s = min(READ_WITHIN_S, max(0.0, until - self._now()))
        reading = asyncio.create_task(self._read(request.applicant, within_s))
        return Recall(self, reading, asyncio.get_running_loop().time() + within_s)

    def recall(self, request: CreditRequest, service: str) -> Remembered | None:  # noqa: ARG002 - nobody has asked ahead
        """Nothing: what is known has to be asked for ahead."""
        return None

    def learn(self, request: CreditRequest, service: str, good: Remembered) -> None:
        """Remember a good value soon."""
        self._pending.put(request.applicant, service, good)
        self._news.set()

    def forget(self) -> None:
        """A new generation begins."""
        self.generation += 1
        self._pending.clear()

    async def run(self) -> None:
        """Write what is learnt, again and again, until cancelled."""
        while True:
            await self._news.wait()
            await asyncio.sleep(GATHER_S)
            if not await self.write_some():
                await asyncio.sleep(REST_S)

    async def write_some(self) -> bool:
        """Write what has waited longest; whether that went well. What could not be written waits on."""
        people, generation = self._pending.take(BATCH), self.generation
        try:
            async with asyncio.timeout(WRITE_WITHIN_S):
                await self._client.write(generation, _as_fields(people))
        except (StoreClientError, TimeoutError):
            if generation == self.generation:
                self._pending.put_back(people)
            return False
        if not self._pending:
            self._news.clear()
        return True

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, trace)
        with suppress(StoreClientError, TimeoutError):
            async with asyncio.timeout(WRITE_WITHIN_S):
                await self._client.close()

    async def _read(self, applicant: int, within_s: float) -> "Pages | None":
        generation = self.generation
        try:
            async with asyncio.timeout(within_s):
                return generation, await self._client.read(generation, applicant)
        except (StoreClientError, TimeoutError):
            return None


Pages = tuple[int, Fields]
"""A generation, and what it knows of a person."""


class Recall:
    """The store for one request; what it learns is written behind."""

    def __init__(self, store: RedisCache, reading: asyncio.Task[Pages | None], until: float) -> None:
        self._store = store
        self._reading = reading
        self._until = until

    async def wait(self) -> None:
        """Return when it is known what is known, or too late for that. Never raises."""
        left_s = self._until - asyncio.get_running_loop().time()
        if not self._reading.done() and left_s > 0.0:
            await asyncio.wait((self._reading,), timeout=left_s)

    def recall(self, request: CreditRequest, service: str) -> Remembered | None:
        """The newest good value, as the faults leave it; None where the read did not come back."""
        pages = self._pages()
        if pages is None:
            return None
        generation, fields = pages
        learnt = read(fields, service) if generation == self._store.generation else None
        return self._store.known(request, service, learnt)

    def learn(self, request: CreditRequest, service: str, good: Remembered) -> None:
        """Remember a good value soon."""
        self._store.learn(request, service, good)

    def close(self) -> None:
        """The request is over: nobody waits for the read any more."""
        self._reading.cancel()

    def _pages(self) -> "Pages | None":
        if not self._reading.done() or self._reading.cancelled() or self._reading.exception() is not None:
            return None
        return self._reading.result()


def _as_fields(people: People) -> dict[int, Fields]:
    return {applicant: {field: written(good) for field, good in values.items()} for applicant, values in people.items()}
