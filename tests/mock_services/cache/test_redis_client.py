"""The Redis over a real connection: what is written is there, for a while, and every failure is one kind of failure."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest
from redis import Redis

from mock_services.cache.redis_client import RedisClient, StoreClientError
from tests.redis_server import redis_server


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A Redis."""
    with redis_server() as port:
        yield port


def shelf(port: int, prefix: str = "run") -> RedisClient:
    return RedisClient(f"redis://127.0.0.1:{port}/1", prefix)


def test_what_is_written_is_read(port: int) -> None:
    """Field by field, of this person, this generation and this run alone."""

    async def story() -> list[object]:
        mine, other = shelf(port), shelf(port, "other")
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
        one = shelf(port, "ttl")
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
        one = shelf(free)
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
            one = shelf(server.sockets[0].getsockname()[1])
            with pytest.raises(StoreClientError):
                await one.read(0, 7)
            await one.close()

    asyncio.run(story())
