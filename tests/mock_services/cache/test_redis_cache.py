"""The store that is a network away: what is learnt is recalled, and a sick Redis is an empty one, in time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.sources import SERVICES
from mock_services.cache.layers import LayeredStore, Memory, PoisonedValues, Remembered
from mock_services.cache.redis_cache import Pending, Recall, RedisCache
from mock_services.cache.redis_client import Fields
from tests.mock_services.cache.album import ASKED, LEARNT, OLD, Album
from tests.mock_services.cache.fake_redis_client import FakeStoreClient
from tests.mock_services.policies.cases import PEOPLE, SEED, asked_by
from tests.mock_services.virtual_time import now, run

OLDER, NEWER, NONE = Remembered(1.0, 100.0), Remembered(2.0, 200.0), Remembered(None, 300.0)


def test_the_newest_value_waits() -> None:
    """Two values of one service are one, and a "no record" stands beside them."""
    pending = Pending()
    for good in (OLDER, NEWER, NONE):
        pending.put(7, "bureau", good)
    assert pending.take(10) == {7: {b"bureau": NEWER, b"bureau:none": NONE}}
    assert len(pending) == 0


def test_who_has_waited_longest_is_written_first() -> None:
    """People leave in the order in which they came."""
    pending = Pending()
    for applicant in (3, 1, 2):
        pending.put(applicant, "bureau", OLDER)
    assert [list(pending.take(2)), list(pending.take(2))] == [[3, 1], [2]]


def test_too_many_people_are_counted() -> None:
    """Those who wait already may still learn; a further person is dropped."""
    pending = Pending(most=1)
    pending.put(1, "bureau", OLDER)
    pending.put(1, "income", OLDER)
    pending.put(2, "bureau", OLDER)
    assert (len(pending), pending.dropped) == (1, 1)


def test_as_many_people_as_may_wait() -> None:
    """10,000; one more is dropped."""
    pending = Pending()
    for applicant in range(10_001):
        pending.put(applicant, "bureau", OLDER)
    assert (len(pending), pending.dropped) == (10_000, 1)


def test_what_is_put_back_does_not_replace_what_is_newer() -> None:
    """A value that was learnt while an older one could not be written stays."""
    pending = Pending()
    pending.put(7, "bureau", OLDER)
    pending.put(7, "income", OLDER)
    people = pending.take(1)
    pending.put(7, "bureau", NEWER)
    pending.put_back(people)
    assert pending.take(1) == {7: {b"bureau": NEWER, b"income": OLDER}}


def test_what_cannot_be_put_back_is_counted() -> None:
    """Every value of a person for whom there is no room any more."""
    pending = Pending(most=1)
    pending.put(1, "bureau", OLDER)
    pending.put(1, "income", OLDER)
    people = pending.take(1)
    pending.put(2, "bureau", OLDER)
    pending.put_back(people)
    assert pending.dropped == 2


UNTIL = 1.85


@dataclass
class Broken(FakeStoreClient):
    """Fails in a way that nobody thought of."""

    async def read(self, _generation: int, _applicant: int) -> Fields:
        raise RuntimeError("a bug of the client")


@dataclass
class Lists(FakeStoreClient):
    """Remembers how many people each write was about."""

    sizes: list[int] = field(default_factory=list)

    async def write(self, generation: int, people: Mapping[int, Fields]) -> None:
        self.sizes.append(len(people))
        await super().write(generation, people)


async def ready(store: RedisCache, until: float = UNTIL) -> Recall:
    recall = store.ahead(ASKED, now() + until)
    await recall.wait()
    return recall


async def known(store: RedisCache, service: str = "bureau") -> Remembered | None:
    return (await ready(store)).recall(ASKED, service)


def far(client: FakeStoreClient | None = None, album: Album | None = None) -> RedisCache:
    return RedisCache(client or FakeStoreClient(), album or Album(), now)


goods = st.builds(
    Remembered,
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.floats(0, 2e9),
    st.none() | st.text(max_size=5),
    st.none() | st.floats(0, 100),
)


@given(st.lists(st.tuples(st.sampled_from(SERVICES), goods), max_size=12))
def test_what_is_learnt_is_what_is_recalled(learnt: list[tuple[str, Remembered]]) -> None:
    """Exactly as from the store in process, whatever is learnt in whatever order."""
    near = LayeredStore(Memory(), Album())

    async def story() -> dict[str, Remembered | None]:
        store = far()
        for service, good in learnt:
            store.learn(ASKED, service, good)
            near.learn(ASKED, service, good)
            await store.write_some()
        recall = await ready(store)
        return {service: recall.recall(ASKED, service) for service in SERVICES}

    assert run(story()) == {service: near.recall(ASKED, service) for service in SERVICES}


def test_what_is_learnt_is_written_by_itself() -> None:
    """A moment later it is in the Redis, several services together."""

    async def story() -> list[Remembered | None]:
        async with far(album=Album(None)) as store:
            store.learn(ASKED, "bureau", LEARNT)
            store.learn(ASKED, "income", LEARNT)
            before = await known(store)
            await asyncio.sleep(0.1)
            return [before, await known(store), await known(store, "income"), await known(store, "social")]

    assert run(story()) == [None, LEARNT, LEARNT, None]


def test_one_read_a_request() -> None:
    """However many services are missing."""

    async def story() -> int:
        client = FakeStoreClient()
        recall = await ready(far(client))
        for service in SERVICES:
            await recall.wait()
            recall.recall(ASKED, service)
        return client.reads

    assert run(story()) == 1


@pytest.mark.parametrize("client", [FakeStoreClient(broken=True), FakeStoreClient(takes_s=3600.0), Broken()])
def test_a_redis_in_trouble_knows_nothing(client: FakeStoreClient) -> None:
    """Neither what was learnt nor the snapshot, and nothing raises."""
    assert run(known(far(client))) is None


@pytest.mark.parametrize(("until", "waits_s"), [(1.85, 0.25), (0.1, 0.1), (0.0, 0.0), (-1.0, 0.0)])
def test_a_hung_redis_is_not_waited_for(until: float, waits_s: float) -> None:
    """At most a quarter of a second, and never beyond the deadline; for all services together."""

    async def story() -> float:
        began = now()
        recall = await ready(far(FakeStoreClient(takes_s=3600.0)), until)
        await asyncio.gather(*(recall.wait() for _ in SERVICES))
        return now() - began

    assert run(story()) == pytest.approx(waits_s)


def test_a_client_that_ignores_its_cancellation_is_not_waited_for() -> None:
    """Even then the wait ends in time."""

    @dataclass
    class Stubborn(FakeStoreClient):
        async def read(self, _generation: int, _applicant: int) -> Fields:
            try:
                await asyncio.sleep(3600.0)
            except asyncio.CancelledError:
                await asyncio.sleep(5.0)
            return {}

    async def story() -> float:
        began = now()
        assert await known(far(Stubborn())) is None
        return now() - began

    assert run(story()) == pytest.approx(0.25)


def test_a_request_that_is_over_reads_no_more() -> None:
    """The read of somebody who needed nothing is given up."""

    async def story() -> tuple[int, Remembered | None]:
        client = FakeStoreClient(takes_s=0.2)
        recall = far(client).ahead(ASKED, now() + UNTIL)
        await asyncio.sleep(0.1)
        recall.close()
        await recall.wait()
        return client.cancelled, recall.recall(ASKED, "bureau")

    assert run(story()) == (1, None)


def test_a_request_that_did_not_wait_knows_nothing() -> None:
    """A read that is under way is not looked into."""

    async def story() -> Remembered | None:
        return far().ahead(ASKED, now() + UNTIL).recall(ASKED, "bureau")

    assert run(story()) is None


def test_the_store_without_a_request_knows_nothing() -> None:
    """What is known has to be asked for ahead."""
    assert RedisCache(FakeStoreClient(), Album()).recall(ASKED, "bureau") is None


def test_what_could_not_be_written_is_written_later() -> None:
    """While the Redis is down values wait, and they are there once it is back."""

    async def story() -> tuple[Remembered | None, Remembered | None]:
        client = FakeStoreClient(broken=True)
        async with far(client, Album(None)) as store:
            store.learn(ASKED, "bureau", LEARNT)
            await asyncio.sleep(1.5)
            client.broken = False
            before = await known(store)
            await asyncio.sleep(1.0)
            return before, await known(store)

    assert run(story()) == (None, LEARNT)


def test_a_hung_redis_does_not_hold_up_the_end() -> None:
    """Whoever leaves while a write hangs is out within seconds."""

    async def story() -> float:
        async with far(FakeStoreClient(takes_s=3600.0)) as store:
            store.learn(ASKED, "bureau", LEARNT)
            await asyncio.sleep(0.1)
            left = now()
        return now() - left

    assert run(story()) <= 1.0


def test_many_people_are_written_in_batches() -> None:
    """One write never is about more than so many, and all of them come to be written."""

    async def story() -> tuple[list[int], int]:
        client = Lists()
        async with far(client) as store:
            for n in range(201):
                store.learn(asked_by(PEOPLE.applicant(n)), "bureau", LEARNT)
            await asyncio.sleep(1.0)
            return client.sizes, store.dropped

    assert run(story()) == ([200, 1], 0)


def test_a_flushed_store_is_cold_and_fills_again() -> None:
    """What was learnt and the snapshot are gone, live answers are learnt, and the snapshot is back at the end."""
    met: list[None] = []

    async def story() -> list[Remembered | None]:
        store = far()
        for service in ("bureau", "social"):
            store.learn(ASKED, service, LEARNT)
            await store.write_some()
        store.flush("flush", lambda: met.append(None))
        cold = await known(store)
        store.learn(ASKED, "bureau", LEARNT)
        await store.write_some()
        filled = await known(store)
        store.warm("flush")
        return [cold, filled, await known(store, "social")]

    assert run(story()) == [None, LEARNT, OLD]
    assert len(met) == 1


def test_what_waited_to_be_written_is_flushed_too() -> None:
    """Also what a write under way could not write."""

    async def story() -> Remembered | None:
        client = FakeStoreClient(takes_s=0.1, broken=True)
        store = far(client, Album(None))
        store.learn(ASKED, "bureau", LEARNT)
        writing = asyncio.create_task(store.write_some())
        await asyncio.sleep(0.05)
        store.learn(ASKED, "income", LEARNT)
        store.forget()
        await writing
        client.broken = False
        await store.write_some()
        return await known(store) or await known(store, "income")

    assert run(story()) is None


def test_what_was_read_before_a_flush_is_flushed_too() -> None:
    """A request that began before it does not know any more either."""

    async def story() -> Remembered | None:
        store = far(album=Album(None))
        store.learn(ASKED, "bureau", LEARNT)
        await store.write_some()
        recall = await ready(store)
        store.flush("flush", lambda: None)
        return recall.recall(ASKED, "bureau")

    assert run(story()) is None


def test_poison_spoils_what_comes_back() -> None:
    """From the Redis as from the snapshot, until it is cured."""

    async def story() -> list[Remembered | None]:
        store = far()
        store.learn(ASKED, "bureau", LEARNT)
        await store.write_some()
        store.poison(PoisonedValues(SEED, "poison", 1.0, lambda: None))
        spoilt = [await known(store), await known(store, "income")]
        store.cure("poison")
        return [*spoilt, await known(store)]

    gone = [Remembered(None, one.as_of, one.version) for one in (LEARNT, OLD)]
    assert run(story()) == [*gone, LEARNT]
