"""How a probe speaks to what is behind a proxy: HTTP to our services, RESP to a Redis."""

import re
from dataclasses import dataclass, field
from typing import Final, Protocol

from creditstorm.language.store_url import StoreUrl

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HEAD_END: Final = b"\r\n\r\n"
_RESP_HEAD: Final = re.compile(rb"(?:[+-][^\r\n]*|\$(-?\d+))\r\n")

Command = tuple[str, ...]


class Dialect(Protocol):
    """The smallest exchange there is, and one that carries bytes up or down."""

    @property
    def scheme(self) -> str:
        """What URLs of such a service begin with."""

    @property
    def path(self) -> str:
        """What they have behind host and port."""

    @property
    def hangs_up(self) -> bool:
        """Whether the service closes a connection after its answer when it is asked to."""

    def request(self, pad: int, body: int, *, closing: bool) -> bytes:
        """The bytes to send for `pad` bytes back, or with `body` bytes up; `closing` asks for the close after that."""

    def complete(self, data: bytes) -> bool:
        """Whether the whole answer has come in."""


@dataclass(frozen=True, slots=True)
class Http:
    """Every service answers GET and POST /healthz, below `path`, at once and without taking a worker."""

    path: str = field(default="", repr=False)
    scheme: str = "http"
    hangs_up: bool = True

    def request(self, pad: int, body: int, *, closing: bool) -> bytes:
        """One request."""
        verb = "POST" if body else "GET"
        wish = "close" if closing else "keep-alive"
        head = f"{verb} {self.path}/healthz?pad={pad} HTTP/1.1\r\nHost: probe\r\nConnection: {wish}\r\n"
        return f"{head}Content-Length: {body}\r\n\r\n".encode() + b"x" * body

    def complete(self, data: bytes) -> bool:
        """Head and body are there."""
        head_end = data.find(_HEAD_END)
        length = _LENGTH.search(data[: head_end + 2]) if head_end >= 0 else None
        return length is not None and len(data) >= head_end + len(_HEAD_END) + int(length[1])


def greeting(url: StoreUrl, password: str | None = None) -> tuple[Command, ...]:
    """What has to be said to a Redis on a new connection before anything else."""
    words = url.login(password)
    login = (("AUTH", *words),) if words else ()
    return (*login, ("SELECT", str(url.db))) if url.db else login


@dataclass(frozen=True, slots=True)
class Resp:
    """PING, or ECHO, which carries its bytes both ways: a fault in either direction meets them.

    By hand, because the parser of the redis client reads from a socket of its own; a probe has bytes only, and all
    that it is answered is a status, an error or a bulk string.
    """

    greeting: tuple[Command, ...] = field(default=(), repr=False)
    path: str = ""
    scheme: str = "redis"
    hangs_up: bool = False

    def request(self, pad: int, body: int, *, closing: bool) -> bytes:  # noqa: ARG002 - whoever asks hangs up
        """The greeting and one command more."""
        size = max(pad, body)
        return b"".join(map(_array, (*self.greeting, ("ECHO", "x" * size) if size else ("PING",))))

    def complete(self, data: bytes) -> bool:
        """A reply to each; a refusal is one too, and what is no reply at all is the end of it."""
        at = 0
        for _ in range(len(self.greeting) + 1):
            head = _RESP_HEAD.match(data, at)
            if head is None:
                return b"\r\n" in data[at:]
            length = int(head[1] or -1)
            at = head.end() + (length + 2 if length >= 0 else 0)
            if at > len(data):
                return False
        return True


def _array(command: Command) -> bytes:
    words = [word.encode() for word in command]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


HTTP: Final = Http()
