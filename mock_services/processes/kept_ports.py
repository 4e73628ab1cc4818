"""Ports that stay with their service while it is down."""

import contextlib
import socket
from dataclasses import dataclass, field
from typing import Final

HOST: Final = "127.0.0.1"
BACKLOG: Final = 2048


@dataclass
class Ports:
    """Loopback ports; a socket that never listens keeps each of them from being given to anybody else.

    A service that is killed is refused by its port at once, and nobody who calls out meanwhile can be given that very
    port to call from, which would keep the service from coming back to it.
    """

    _kept: dict[int, socket.socket] = field(default_factory=dict)

    def listener(self, port: int = 0) -> socket.socket:
        """A socket that listens on this port, or on a free one; OSError when somebody else has it."""
        if port not in self._kept:
            port = self._keep(port)
        listener = _bound(port)
        try:
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
        return listener

    def close(self) -> None:
        """Keep no port any more."""
        for kept in self._kept.values():
            kept.close()
        self._kept.clear()

    def _keep(self, port: int) -> int:
        kept = _bound(port)
        port = kept.getsockname()[1]
        self._kept[port] = kept
        return port


def _bound(port: int) -> socket.socket:
    with contextlib.ExitStack() as on_error:
        bound = on_error.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        # Two sockets may be bound to one port while at most one of them listens.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((HOST, port))
        on_error.pop_all()
    return bound
