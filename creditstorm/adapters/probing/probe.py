"""One short exchange through a proxy, watched from the outside: refused, reset, cut off, late, thin, sliced."""

import contextlib
import socket
import time
from dataclasses import dataclass, field
from typing import Literal

from creditstorm.adapters.probing.dialects import HTTP, Dialect

Outcome = Literal["answered", "refused", "reset", "closed", "unfinished"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What to ask for and how long to wait: `pad` bytes back, or `body` bytes up; then, if wanted, the close."""

    pad: int = 0
    body: int = 0
    answer_within_s: float = 1.0
    close_within_s: float | None = None
    dialect: Dialect = HTTP

    def request(self) -> bytes:
        """The bytes to send."""
        return self.dialect.request(self.pad, self.body, closing=self.close_within_s is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """What a probe met; `began_at` is on the monotonic clock, all else is seconds and counts from there.

    `open_s` is how long the connection stayed open after the answer, None if nobody waited for the close.
    """

    began_at: float
    outcome: Outcome
    answer_s: float = 0.0
    open_s: float | None = None
    received: int = 0
    chunks: int = 0


@dataclass(slots=True)
class _Conversation:
    """What has come in so far."""

    began_at: float
    data: bytearray = field(default_factory=bytearray)
    chunks: int = 0

    def seen(self, outcome: Outcome, open_s: float | None = None, answer_s: float | None = None) -> ProbeResult:
        took_s = time.monotonic() - self.began_at if answer_s is None else answer_s
        return ProbeResult(
            began_at=self.began_at,
            outcome=outcome,
            answer_s=took_s,
            open_s=open_s,
            received=len(self.data),
            chunks=self.chunks,
        )


def probe(host: str, port: int, ask: Ask) -> ProbeResult:
    """Ask once on a connection of its own; never raises for what a fault can do to it."""
    exchange = _Conversation(time.monotonic())
    try:
        with socket.create_connection((host, port), timeout=ask.answer_within_s) as connection:
            return _converse(connection, ask, exchange)
    except ConnectionRefusedError:
        return exchange.seen("refused")
    except (ConnectionResetError, BrokenPipeError):
        return exchange.seen("reset")
    except TimeoutError:
        return exchange.seen("unfinished")


def _converse(connection: socket.socket, ask: Ask, exchange: _Conversation) -> ProbeResult:
    until = exchange.began_at + ask.answer_within_s
    connection.sendall(ask.request())
    while not ask.dialect.complete(bytes(exchange.data)):
        if not _receive(connection, until, exchange):
            return exchange.seen("closed")
    answer_s = time.monotonic() - exchange.began_at
    if ask.close_within_s is None:
        return exchange.seen("answered", answer_s=answer_s)
    if not ask.dialect.hangs_up:
        connection.shutdown(socket.SHUT_WR)
    return exchange.seen("answered", _open_s(connection, ask.close_within_s, exchange), answer_s)


def _open_s(connection: socket.socket, within_s: float, exchange: _Conversation) -> float:
    """Seconds that the connection stayed open after the complete answer, as far as it was watched."""
    answered_at = time.monotonic()
    with contextlib.suppress(TimeoutError):
        while _receive(connection, answered_at + within_s, exchange):
            pass
    return time.monotonic() - answered_at


def _receive(connection: socket.socket, until: float, exchange: _Conversation) -> bool:
    left_s = until - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    connection.settimeout(left_s)
    data = connection.recv(65536)
    exchange.data += data
    exchange.chunks += bool(data)
    return bool(data)
