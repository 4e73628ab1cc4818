"""A port stays with its service while nobody listens there."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

import pytest
from mock_services.processes.kept_ports import Ports


@pytest.fixture
def ports() -> Iterator[Ports]:
    """Ports that are given back after the test."""
    kept = Ports()
    yield kept
    kept.close()


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def connects(port: int) -> int:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port))


def test_a_free_port_on_loopback(ports: Ports) -> None:
    """Two listeners on free ports have two ports, and both are reached."""
    with ports.listener() as one, ports.listener() as other:
        assert port_of(one) != port_of(other)
        assert one.getsockname()[0] == "127.0.0.1"
        assert [connects(port_of(one)), connects(port_of(other))] == [0, 0]


def test_a_port_refuses_while_its_service_is_down_and_comes_back(ports: Ports) -> None:
    """A closed listener is refused at once, and the same port listens again, also while old connections linger."""
    with ports.listener() as first, socket.create_connection(first.getsockname()) as caller:
        port = port_of(first)
        served, _ = first.accept()
    served.close()
    assert connects(port) == errno.ECONNREFUSED
    with ports.listener(port) as again:
        assert (port_of(again), connects(port)) == (port, 0)
    caller.close()


def test_nobody_else_gets_a_port_that_is_kept(ports: Ports) -> None:
    """A socket of somebody else cannot bind the port of a service that is down."""
    with ports.listener() as listener:
        port = port_of(listener)
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))


def test_one_service_a_port(ports: Ports) -> None:
    """A second listener on a port that is listened on is an error, and the first goes on."""
    with ports.listener() as listener:
        with pytest.raises(OSError, match="in use"):
            ports.listener(port_of(listener))
        assert connects(port_of(listener)) == 0


def test_a_port_of_somebody_else(ports: Ports) -> None:
    """A port that another program listens on cannot be had."""
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="in use"):
        ports.listener(port_of(other))
