"""The Redis itself: one hash a person, one field a value, a time to live, every failure a StoreClientError."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Protocol, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from creditstorm.language.store_url import StoreUrl
from mock_services.cache.layers import Remembered

Fields = Mapping[bytes, bytes]
"""The hash of one person."""

_NONE: Final = ":none"


def field_of(service: str, good: Remembered) -> bytes:
    """Where a value is written: a "no record" beside the value that it must not replace."""
    return (service if good.value is not None else service + _NONE).encode()


def written(good: Remembered) -> bytes:
    """The value as it is kept; floats come back to the bit."""
    return json.dumps([good.value, good.as_of, good.version, good.sd]).encode()


def read(fields: Fields, service: str) -> Remembered | None:
    """The value of this service, else its "no record"; None where there is neither, or nothing that we wrote."""
    raw = fields.get(service.encode()) or fields.get((service + _NONE).encode())
    return None if raw is None else _parsed(raw)


def _parsed(raw: bytes) -> Remembered | None:
    try:
        value, as_of, version, sd = json.loads(raw)
    except (ValueError, TypeError):
        return None
    numbers = _is_number(as_of) and all(one is None or _is_number(one) for one in (value, sd))
    words = version is None or isinstance(version, str)
    return Remembered(value, as_of, version, sd) if numbers and words else None


def _is_number(one: object) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool)


KEEP_S: Final = 86_400
"""So long after it was last written the Redis forgets a person by itself, should the harness not come to tidy up."""
GIVE_UP_S: Final = 1.0
MOST_CONNECTIONS: Final = 64


class StoreClientError(Exception):
    """The Redis did not do what it was asked to, whatever the reason."""


class StoreClient(Protocol):
    """Where good values are kept: people by number, in generations that know nothing of each other."""

    async def read(self, generation: int, applicant: int) -> Fields:
        """All that is known of a person; StoreClientError."""

    async def write(self, generation: int, people: Mapping[int, Fields]) -> None:
        """Add to what is known of these people, of all or of none; StoreClientError."""

    async def close(self) -> None:
        """Hang up."""


class RedisClient:
    """Keys are ``<prefix>:<generation>:<applicant>``, and a set ``<prefix>:keys`` lists them for whoever tidies up.

    A connection is never tried twice: who asks has no time for it, and who writes tries again later.
    """

    def __init__(self, url: StoreUrl, prefix: str, password: str | None = None) -> None:
        self._prefix = prefix
        self._client: Redis = Redis(
            host=url.host,
            port=url.port,
            db=url.db,
            username=url.user if password else None,
            password=password,
            socket_timeout=GIVE_UP_S,
            socket_connect_timeout=GIVE_UP_S,
            retry=Retry(NoBackoff(), 0),
            max_connections=MOST_CONNECTIONS,
        )

    async def read(self, generation: int, applicant: int) -> Fields:
        """One round trip."""
        with _failures():
            found = await self._client.execute_command("HGETALL", self._key(generation, applicant))
        return cast("Fields", found)

    async def write(self, generation: int, people: Mapping[int, Fields]) -> None:
        """One transaction, so that nothing stays behind without its time to live where the line is cut."""
        keys = {self._key(generation, applicant): fields for applicant, fields in people.items()}
        index = f"{self._prefix}:keys"
        with _failures():
            async with self._client.pipeline(transaction=True) as pipe:
                for key, fields in keys.items():
                    pipe.execute_command("HSET", key, *(part for item in fields.items() for part in item))
                    pipe.execute_command("EXPIRE", key, KEEP_S)
                pipe.execute_command("SADD", index, *keys)
                pipe.execute_command("EXPIRE", index, KEEP_S)
                await pipe.execute()

    async def close(self) -> None:
        """Hang up, whatever state the line is in."""
        with _failures():
            await self._client.aclose()

    def _key(self, generation: int, applicant: int) -> str:
        return f"{self._prefix}:{generation}:{applicant}"


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise StoreClientError(str(error)) from error
