"""Loopback: an HTTP session that nothing of the environment gets into, and free ports.

The ports are such that the kernel does not hand them out by itself, so that nobody takes one while a proxy is down.
"""

import random
import socket
from collections.abc import Iterator
from typing import Final

import requests

LOOPBACK: Final = "127.0.0.1"
LOWEST: Final = 20000
HIGHEST: Final = 32000
"""Below 32768, where the ephemeral ports of Linux begin; those of macOS begin at 49152."""


def web_session() -> requests.Session:
    """HTTP to a process of this machine: no web proxy or `.netrc` of the environment, a connection a request.

    A service that is about to end, or was started again, holds no connection of ours.
    """
    session = requests.Session()
    session.trust_env = False
    session.headers["Connection"] = "close"
    return session


def free_ports(rng: random.Random) -> Iterator[int]:
    """Endless candidates, each free an instant ago; whoever binds one may still find it busy and take the next."""
    while True:
        port = rng.randrange(LOWEST, HIGHEST)
        if is_free(port):
            yield port


def is_free(port: int) -> bool:
    """Whether a listener could open this port on loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
