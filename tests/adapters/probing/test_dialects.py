"""What a probe sends, and when it has its answer, in HTTP and in the protocol of Redis."""

from __future__ import annotations

import pytest
from creditstorm.adapters.probing.dialects import HTTP, Resp, greeting
from creditstorm.language.store_url import store_url

REPLIES = b"+OK\r\n-ERR no\r\n$5\r\na\r\n\r\n\r\n"


def test_a_command_is_an_array_of_bulks() -> None:
    """Lengths count bytes, not letters."""
    dialect = Resp((("AUTH", "é"),))
    expected = b"*2\r\n$4\r\nAUTH\r\n$2\r\n\xc3\xa9\r\n*1\r\n$4\r\nPING\r\n"
    assert dialect.request(0, 0, closing=False) == expected


def test_an_answer_is_a_status_an_error_or_a_bulk() -> None:
    """One to each command; a bulk string may hold line ends, and nothing is an answer too."""
    asked_three = Resp((("AUTH", "p"), ("SELECT", "3")))
    assert asked_three.complete(REPLIES)
    assert Resp().complete(b"$-1\r\n")


@pytest.mark.parametrize("cut", range(len(REPLIES)))
def test_an_answer_that_is_not_all_there_is_waited_for(cut: int) -> None:
    """Wherever it is cut."""
    assert not Resp((("AUTH", "p"), ("SELECT", "3"))).complete(REPLIES[:cut])


@pytest.mark.parametrize("data", [b"HTTP/1.1 400 Bad Request\r\n", b":x\r\n", b"$\r\n"])
def test_what_is_no_reply_is_the_end(data: bytes) -> None:
    """Somebody else answers there, and will not say more."""
    assert Resp((("AUTH", "p"),)).complete(data)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://h", ()),
        ("redis://:***@h/0", (("AUTH", "p@"),)),
        ("redis://u%40:***@h/3", (("AUTH", "u@", "p@"), ("SELECT", "3"))),
    ],
)
def test_the_greeting(url: str, expected: tuple[tuple[str, ...], ...]) -> None:
    """Credentials first, then the database; nothing where neither is asked for. What is shown of it has no password."""
    assert greeting(store_url(url), "p@") == expected
    assert "p@" not in repr(Resp(expected))


def test_a_probe_speaks_redis() -> None:
    """The greeting and a ping, or an echo of as many bytes as are asked for in either direction."""
    dialect = Resp((("AUTH", "p"),))
    assert dialect.request(0, 0, closing=False).endswith(b"*1\r\n$4\r\nPING\r\n")
    assert dialect.request(0, 3, closing=True) == dialect.request(3, 0, closing=True)
    assert not dialect.complete(b"+OK\r\n")
    assert dialect.complete(b"+OK\r\n$3\r\nxxx\r\n")
    assert dialect.complete(b"-NOAUTH\r\n-NOAUTH\r\n")
    assert dialect.complete(b"what?\r\n")


def test_a_probe_speaks_http() -> None:
    """Bytes come back by GET and go up by POST, and the close is asked for."""
    assert HTTP.request(5, 0, closing=False).startswith(b"GET /healthz?pad=5 HTTP/1.1\r\n")
    assert HTTP.request(0, 2, closing=True).startswith(b"POST ")
    assert b"Connection: close" in HTTP.request(0, 2, closing=True)
    assert not HTTP.complete(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{")
    assert HTTP.complete(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
