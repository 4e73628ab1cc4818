"""As much of the protocol of Redis (RESP 2) as a probe, a check and a tidy-up need."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from creditstorm.language.store_url import StoreUrl

_END: Final = b"\r\n"

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """An error reply, in the server's own words."""

    words: str


Reply = bytes | int | Refused | None | list["Reply"]


class NotRedisError(ValueError):
    """What came in is no reply of a Redis."""


def greeting(url: StoreUrl) -> tuple[Command, ...]:
    """What has to be said on a new connection before anything else."""
    login = (("AUTH", *url.credentials),) if url.credentials else ()
    return (*login, ("SELECT", str(url.db))) if url.db else login


def encoded(commands: Iterable[Command]) -> bytes:
    """Commands as they are sent."""
    parts = (_bulks(command) for command in commands)
    return b"".join(parts)


def replies(data: bytes) -> list[Reply]:
    """The complete replies at the beginning of what came in; NotRedisError."""
    found: list[Reply] = []
    at = 0
    while (step := _reply(data, at)) is not None:
        found.append(step[0])
        at = step[1]
    return found


def talk(connection: socket.socket, commands: tuple[Command, ...], within_s: float) -> list[Reply]:
    """Send the commands and take a reply to each; OSError (also for the end of the connection), NotRedisError."""
    until = time.monotonic() + within_s
    connection.settimeout(within_s)
    connection.sendall(encoded(commands))
    data = b""
    while len(found := replies(data)) < len(commands):
        connection.settimeout(max(0.001, until - time.monotonic()))
        more = connection.recv(65536)
        if not more:
            raise ConnectionResetError("the connection was closed")
        data += more
    return found


def _bulks(command: Command) -> bytes:
    words = [word.encode() for word in command]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def _reply(data: bytes, at: int) -> tuple[Reply, int] | None:
    """A reply and where the next one begins; None where it is not complete."""
    end = data.find(_END, at)
    if end < 0:
        return None
    sign, words, after = data[at : at + 1], data[at + 1 : end], end + len(_END)
    if sign == b"+":
        return words, after
    if sign == b"-":
        return Refused(words.decode(errors="replace")), after
    if sign not in (b":", b"$", b"*"):
        raise NotRedisError(f"{data[at : at + 20]!r} is no reply of a Redis")
    number = _number(words)
    if sign == b":":
        return number, after
    if number < 0:
        return None, after
    return _bulk(data, after, number) if sign == b"$" else _array(data, after, number)


def _number(words: bytes) -> int:
    try:
        return int(words)
    except ValueError:
        raise NotRedisError(f"{words[:20]!r} is no number") from None


def _bulk(data: bytes, at: int, length: int) -> tuple[Reply, int] | None:
    end = at + length
    return (data[at:end], end + len(_END)) if len(data) >= end + len(_END) else None


def _array(data: bytes, at: int, length: int) -> tuple[Reply, int] | None:
    found: list[Reply] = []
    for _ in range(length):
        step = _reply(data, at)
        if step is None:
            return None
        found.append(step[0])
        at = step[1]
    return found, at
