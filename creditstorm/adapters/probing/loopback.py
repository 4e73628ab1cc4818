"""Loopback: an HTTP session that nothing of the environment gets into, and free ports.

The ports are such that the kernel does not hand them out by itself, so that nobody takes one while a proxy is down.
"""

import random
import socket
from collections.abc import Iterator
from typing import Final

import requests
from creditstorm.errors import HarnessError

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


LOOPBACK_DOWN: Final = f"the loopback interface is down: nobody can connect to {LOOPBACK}"
LOOPBACK_REMEDY: Final = "set it up: ip link set lo up"
MOST_BUSY: Final = 2000
CONNECT_WITHIN_S: Final = 1.0


def free_ports(rng: random.Random) -> Iterator[int]:
    """Endless candidates, each free an instant ago; whoever binds one may still find it busy and take the next.

    HarnessError where there is no loopback, or where so many in a row are busy that there is none to be had.
    """
    if not loopback_is_up():
        raise HarnessError(f"{LOOPBACK_DOWN}\n{LOOPBACK_REMEDY}")
    busy = 0
    while busy < MOST_BUSY:
        port = rng.randrange(LOWEST, HIGHEST)
        busy += 1
        if is_free(port):
            busy = 0
            yield port
    raise HarnessError(
        f"{MOST_BUSY} loopback ports between {LOWEST} and {HIGHEST} were tried and all are busy\nend what fills them"
    )


def loopback_is_up() -> bool:
    """Whether a connection can be made on loopback; one may listen there also while it is down."""
    try:
        with socket.create_server((LOOPBACK, 0)) as trial:
            socket.create_connection(trial.getsockname(), timeout=CONNECT_WITHIN_S).close()
    except OSError:
        return False
    return True


def is_free(port: int) -> bool:
    """Whether a listener could open this port on loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
