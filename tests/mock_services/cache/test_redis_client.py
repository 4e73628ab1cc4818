"""A Redis, and a good value as bytes in it: what we did not write is nothing, every failure is one error."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from creditstorm.credit.sources import SERVICES
from creditstorm.language.store_url import StoreUrl
from mock_services.cache.layers import Remembered
from mock_services.cache.redis_client import RedisClient, StoreClientError, field_of, read, written
from tests.redis_server import redis_server

numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 10**9)
goods = st.builds(Remembered, numbers | st.none(), numbers, st.none() | st.text(), st.none() | numbers)
services = st.sampled_from(SERVICES)


@given(services, goods)
def test_what_is_encoded_is_read(service: str, good: Remembered) -> None:
    """To the bit: value or "no record", instant, version and sd."""
    assert read({field_of(service, good): written(good)}, service) == good


@given(services, goods, goods)
def test_a_value_comes_before_no_record(service: str, one: Remembered, other: Remembered) -> None:
    """As in the memory in process: a "no record", which may come from a source in trouble, never replaces a value."""
    fields = {field_of(service, good): written(good) for good in (one, other)}
    expected = one if other.value is None and one.value is not None else other
    assert read(fields, service) == expected


@given(services, st.binary())
def test_garbage_is_nothing(service: str, raw: bytes) -> None:
    """Whatever somebody else wrote there, nothing raises."""
    assert read({service.encode(): raw}, service) is None


def test_a_list_of_something_else_is_nothing() -> None:
    """JSON of the right shape with words for numbers."""
    assert read({b"bureau": b'["a", 1.0, null, null]'}, "bureau") is None
    assert read({b"bureau": b"[1.0, true, null, null]"}, "bureau") is None
    assert read({b"bureau": b"[1.0, 1.0, 7, null]"}, "bureau") is None


def test_services_do_not_mix() -> None:
    """Another service's value is not this one's."""
    good = Remembered(612.0, 100.0)
    assert read({field_of("income", good): written(good)}, "bureau") is None


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A Redis."""
    with redis_server() as port:
        yield port


def client_of(port: int, prefix: str = "run") -> RedisClient:
    return RedisClient(StoreUrl("127.0.0.1", port, 1), prefix)


def test_what_is_written_is_read(port: int) -> None:
    """Field by field, of this person, this generation and this run alone."""

    async def story() -> list[object]:
        mine, other = client_of(port), client_of(port, "other")
        await mine.write(0, {7: {b"bureau": b"1"}, 8: {b"bureau": b"2"}})
        await mine.write(0, {7: {b"income": b"3"}})
        found = [await mine.read(0, 7), await mine.read(0, 8), await mine.read(1, 7), await other.read(0, 7)]
        await mine.close()
        await other.close()
        return found

    assert asyncio.run(story()) == [{b"bureau": b"1", b"income": b"3"}, {b"bureau": b"2"}, {}, {}]


def test_everything_has_a_time_to_live_and_is_listed(port: int) -> None:
    """Nothing stays for ever in somebody's Redis, and who tidies up finds it all."""

    async def story() -> None:
        one = client_of(port, "ttl")
        await one.write(3, {7: {b"bureau": b"1"}})
        await one.close()

    asyncio.run(story())
    with Redis(port=port, db=1) as client:
        assert {key: 86_000 < client.ttl(key) <= 86_400 for key in client.keys("ttl*")} == {
            b"ttl:3:7": True,
            b"ttl:keys": True,
        }
        assert client.smembers("ttl:keys") == {b"ttl:3:7"}


def test_nobody_there() -> None:
    """A refused connection is a failure like any other."""
    with socket.create_server(("127.0.0.1", 0)) as trial:
        free = trial.getsockname()[1]

    async def story() -> None:
        one = client_of(free)
        with pytest.raises(StoreClientError):
            await one.read(0, 7)
        with pytest.raises(StoreClientError):
            await one.write(0, {7: {b"bureau": b"1"}})
        await one.close()

    asyncio.run(story())


def test_whoever_answers_nonsense() -> None:
    """Something that is no Redis."""

    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def story() -> None:
        server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
        async with server:
            one = client_of(server.sockets[0].getsockname()[1])
            with pytest.raises(StoreClientError):
                await one.read(0, 7)
            await one.close()

    asyncio.run(story())
