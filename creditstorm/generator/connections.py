"""Keep-alive connections to one address, for many requests in flight at once.

FastHttpUser's session spends more on cookies, redirects and header merging than a request and its answer cost
together, queues behind a fixed number of sockets, and stops reusing them beyond file number 1023 (it asks select).
This uses the same gevent sockets and the same HTTP parser, and nothing else. geventhttpclient's own client asks select,
too: with its pool as large as any peak in flight it opens a new connection for each request beyond file number 1023.
The whole load's CPU an answer, ours / theirs, is 0.72 with 1,500 in flight (0.56 to 1.19), which is a storm, and with
hardly any 0.87 at 500/s and 0.89 at 1,000/s (`benchmarks/speed/clients.py`, medians of 5 pairs on a quiet machine).
"""

import socket as words
import ssl
from urllib.parse import urlsplit

import gevent
from gevent import socket
from geventhttpclient.response import HTTPSocketResponse
from creditstorm.generator.replies import Reply

BLOCK_BYTES = 8192


class ConnectionPool:
    """Posts JSON to one path of one host, or reads others; each request in flight has a connection of its own."""

    def __init__(self, base_url: str, path: str, *, timeout_s: float) -> None:
        url = urlsplit(base_url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise ValueError(f"{base_url}: expected a host such as http://127.0.0.1:8100")
        self._address = (url.hostname, url.port or (443 if url.scheme == "https" else 80))
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._prefix = url.path.rstrip("/")
        self._hello = (
            f" HTTP/1.1\r\nHost: {url.netloc.rpartition('@')[2]}\r\nUser-Agent: creditstorm\r\n"
            "Accept: application/json\r\n"
        )
        self._head = (
            f"POST {self._prefix}{path}{self._hello}Content-Type: application/json\r\nContent-Length: "
        ).encode("latin-1")
        self._timeout_s = timeout_s
        self._idle: list[socket.socket] = []

    def post(self, body: bytes) -> Reply:
        """The response to `body`. Raises gevent.Timeout, OSError, or HTTPParseError; the connection is then closed."""
        return self._exchange("POST", b"%b%d\r\n\r\n%b" % (self._head, len(body), body))

    def get(self, path: str) -> Reply:
        """The content of another path of the same host; raises what `post` does."""
        return self._exchange("GET", f"GET {self._prefix}{path}{self._hello}\r\n".encode("latin-1"))

    def _exchange(self, method: str, request: bytes) -> Reply:
        with gevent.Timeout(self._timeout_s):
            connection = self._connection()
            try:
                connection.sendall(request)
                response = HTTPSocketResponse(connection, BLOCK_BYTES, method)
                content = response.read()
            except BaseException:
                connection.close()
                raise
        if response.should_close():
            connection.close()
        else:
            self._idle.append(connection)
        return Reply(response.get_code(), "retry-after" in response, content)

    def close(self) -> None:
        """Close the connections that wait for a request."""
        while self._idle:
            self._idle.pop().close()

    def _connection(self) -> socket.socket:
        while self._idle:
            connection = self._idle.pop()
            if _still_open(connection):
                return connection
            connection.close()
        connection = socket.create_connection(self._address)
        connection.setsockopt(words.IPPROTO_TCP, words.TCP_NODELAY, 1)
        return self._tls.wrap_socket(connection, server_hostname=self._address[0]) if self._tls else connection


def _still_open(connection: socket.socket) -> bool:
    """Whether an idle connection is neither closed by the other side nor holds bytes nobody asked for."""
    connection.settimeout(0.0)
    try:
        connection.recv(1, words.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        connection.settimeout(None)
    return False
