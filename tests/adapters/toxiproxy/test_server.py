"""Starting, borrowing and ending a Toxiproxy server; proxies on it; what is left when we are killed."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from creditstorm.adapters.faults.network.injector import NetworkInjector
from creditstorm.adapters.probing.loopback import HIGHEST, LOWEST, free_ports, is_free
from creditstorm.adapters.probing.probe import Ask, probe
from creditstorm.adapters.toxiproxy.client import ToxiproxyClient, ToxiproxyError, ToxiproxyUnreachableError
from creditstorm.adapters.toxiproxy.janitor import sweep
from creditstorm.adapters.toxiproxy.proxies import Proxies
from creditstorm.adapters.toxiproxy.server import ServerBinary, Toxiproxy, _start, find_toxiproxy, start_toxiproxy
from creditstorm.errors import HarnessError
from creditstorm.scenario.faults import Latency

SLOW = Latency(name="bureau", target="bureau", at_s=0.0, for_s=1.0, latency_s=0.2)


class Scripted(random.Random):
    """Draws the ports it is told to."""

    def __init__(self, *ports: int) -> None:
        super().__init__()
        self._script = list(ports)

    def randrange(self, *_: object) -> int:
        """The next port of the script."""
        return self._script.pop(0)


@pytest.fixture
def binary() -> ServerBinary:
    """The server that this machine has."""
    found = find_toxiproxy(os.environ)
    assert isinstance(found, ServerBinary)
    return found


def borrow(server: Toxiproxy, tmp_path: Path) -> Toxiproxy:
    """The same server, as somebody else's."""
    environ = {"CREDITSTORM_TOXIPROXY": server.client.url}
    return start_toxiproxy(log=tmp_path / "toxiproxy.log", prefix="mine-", environ=environ)


def test_our_server_ends_with_stop(tmp_path: Path) -> None:
    """A started server says its version, listens on loopback outside the ephemeral ports, and is gone after stop."""
    server = start_toxiproxy(log=tmp_path / "toxiproxy.log", prefix="x-")
    port = int(server.client.url.rpartition(":")[2])
    assert server.client.version() == server.version
    assert LOWEST <= port < HIGHEST
    assert server.poll() is None
    server.stop()
    assert server.poll() is not None
    assert is_free(port)


def test_server_that_is_no_server(tmp_path: Path) -> None:
    """A program that ends at once is reported with what it said last."""
    fake = tmp_path / "toxiproxy-server"
    fake.write_text("#!/bin/sh\necho cannot allocate memory\nexit 3\n")
    fake.chmod(0o755)
    environ = {"CREDITSTORM_TOXIPROXY": str(fake)}
    with pytest.raises(
        HarnessError,
        match=r"_TOXIPROXY\).*exit code 3\); its last words:\n  cannot allocate",
    ):
        start_toxiproxy(log=tmp_path / "toxiproxy.log", prefix="x-", environ=environ)


def test_server_that_says_nothing(tmp_path: Path) -> None:
    """Which program it was, and how to see whether it is one."""
    fake = tmp_path / "toxiproxy-server"
    fake.write_text("#!/bin/sh\nexit 0\n")
    fake.chmod(0o755)
    with pytest.raises(HarnessError) as caught:
        start_toxiproxy(log=tmp_path / "t.log", prefix="x-", environ={"CREDITSTORM_TOXIPROXY": str(fake)})
    assert str(caught.value) == (
        f"Toxiproxy, {fake} (CREDITSTORM_TOXIPROXY), ended while starting (exit code 0); it logged nothing\n"
        f"is that a Toxiproxy server? `{fake} -version` says so"
    )


def test_server_that_cannot_be_started(tmp_path: Path) -> None:
    """A file that is no program is reported with its path."""
    fake = tmp_path / "toxiproxy-server"
    fake.write_bytes(b"\x00not a program")
    fake.chmod(0o755)
    environ = {"CREDITSTORM_TOXIPROXY": str(fake)}
    with pytest.raises(HarnessError, match="cannot be started"):
        start_toxiproxy(log=tmp_path / "toxiproxy.log", prefix="x-", environ=environ)


def test_busy_port_of_a_proxy_is_retried(toxiproxy: Toxiproxy, service_port: int) -> None:
    """A port that somebody took a moment ago costs a second try, not the run."""
    ports = free_ports(random.Random(7))
    free, other = next(ports), next(ports)
    with socket.create_server(("127.0.0.1", other)):
        proxies = Proxies(toxiproxy.client, prefix="busy-")
        proxies._ports = iter([other, free])
        address = proxies.create("bureau", upstream_port=service_port)
        assert address.port == free
        sweep(toxiproxy.client.url, "busy-")


def test_busy_ports_are_no_candidates() -> None:
    """A port that is open already is not offered."""
    free = next(free_ports(random.Random(8)))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert next(free_ports(Scripted(taken.getsockname()[1], free))) == free


def test_server_whose_port_was_taken_takes_another(tmp_path: Path, binary: ServerBinary) -> None:
    """When somebody is faster, the server is started again on the next port."""
    free = next(free_ports(random.Random(9)))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert _start(binary, port, tmp_path / "toxiproxy.log") is None
        second = _start(binary, free, tmp_path / "toxiproxy.log")
        assert second is not None
        second.stop()


def test_two_clients_do_not_share_an_address(toxiproxy: Toxiproxy, tmp_path: Path) -> None:
    """Two clients in one process talk to two servers, whatever the order."""
    other = start_toxiproxy(log=tmp_path / "toxiproxy.log", prefix="other-")
    other.client.create_proxy("only-there", listen="127.0.0.1:0", upstream="127.0.0.1:9")
    assert "only-there" in other.client.proxies()
    assert "only-there" not in toxiproxy.client.proxies()
    assert "only-there" in other.client.proxies()
    other.stop()


def test_server_killed_midway_is_a_harness_error(tmp_path: Path, service_port: int) -> None:
    """With the server gone, faults fail with one clear error, and cleaning up does not."""
    server = start_toxiproxy(log=tmp_path / "toxiproxy.log", prefix="x-")
    proxies = Proxies(server.client, prefix="x-")
    proxies.create("bureau", upstream_port=service_port)
    injector = NetworkInjector(server.client, proxies.addresses)
    injector.apply(SLOW)
    server.kill()
    with pytest.raises(HarnessError, match="Toxiproxy does not answer at"):
        injector.clear(SLOW)
    injector.clear_all()
    server.stop()
    assert server.poll() == -signal.SIGKILL


def test_own_server_dies_with_us(tmp_path: Path) -> None:
    """After kill -9 of the harness, its server is gone too."""
    harness = subprocess.Popen(
        [sys.executable, "-c", OWN_AND_WAIT, str(tmp_path / "toxiproxy.log")], stdout=subprocess.PIPE, text=True
    )
    assert harness.stdout is not None
    url = harness.stdout.readline().strip()
    assert ToxiproxyClient(url).version()
    harness.kill()
    harness.communicate()
    await_(lambda: gone(url))


def test_borrowed_server_is_left_as_it_was(toxiproxy: Toxiproxy, service_port: int, tmp_path: Path) -> None:
    """Somebody else's server keeps running, with its own proxies and without ours."""
    toxiproxy.client.create_proxy("theirs", listen="127.0.0.1:0", upstream="127.0.0.1:9")
    borrowed = borrow(toxiproxy, tmp_path)
    Proxies(borrowed.client, prefix="mine-").create("bureau", upstream_port=service_port)
    borrowed.kill()
    borrowed.stop()
    assert borrowed.poll() is None
    left = set(toxiproxy.client.proxies())
    assert "theirs" in left
    assert "mine-bureau" not in left
    sweep(toxiproxy.client.url, "theirs")


def test_killed_harness_leaves_no_proxy_on_a_borrowed_server(toxiproxy: Toxiproxy) -> None:
    """After kill -9 of the harness, the janitor takes its proxies away."""
    harness = subprocess.Popen(
        [sys.executable, "-c", BORROW_AND_WAIT, toxiproxy.client.url], stdout=subprocess.PIPE, text=True
    )
    assert harness.stdout is not None
    assert harness.stdout.readline() == "ready\n"
    assert "killed-bureau" in toxiproxy.client.proxies()
    harness.kill()
    harness.communicate()
    await_(lambda: "killed-bureau" not in toxiproxy.client.proxies())


def test_running_server_that_does_not_run(tmp_path: Path) -> None:
    """A URL where nothing answers is an error that names the variable."""
    environ = {"CREDITSTORM_TOXIPROXY": "http://127.0.0.1:9"}
    with pytest.raises(HarnessError, match=r"does not answer at http://127.0.0.1:9 \(CREDITSTORM_TOXIPROXY\)"):
        start_toxiproxy(log=tmp_path / "x.log", prefix="x-", environ=environ)


def test_refusals_carry_the_words_of_the_server(toxiproxy: Toxiproxy) -> None:
    """Every refusal is an error with the server's own words and status, also where its package hides them."""
    client = toxiproxy.client
    client.create_proxy("twice", listen="127.0.0.1:0", upstream="127.0.0.1:9")
    with pytest.raises(ToxiproxyError, match="proxy already exists") as taken:
        client.create_proxy("twice", listen="127.0.0.1:0", upstream="127.0.0.1:9")
    with pytest.raises(ToxiproxyError, match="missing required field: upstream") as bad:
        client.create_proxy("x", listen="127.0.0.1:0", upstream="")
    with pytest.raises(ToxiproxyError, match="proxy not found") as absent:
        client.proxy("nobody")
    with pytest.raises(ToxiproxyError, match="listen tcp") as broken:
        client.create_proxy("x", listen="127.0.0.1:99999", upstream="127.0.0.1:9")
    sweep(client.url, "twice")
    assert [error.value.status for error in (taken, bad, absent, broken)] == [409, 400, 404, 500]


def test_no_request_waits_for_ever() -> None:
    """A server that takes the connection and says nothing is an error after the time-out."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        client = ToxiproxyClient(f"http://127.0.0.1:{mute.getsockname()[1]}", timeout_s=0.05)
        with pytest.raises(ToxiproxyError, match=r"did not answer /version in 0.05 s"):
            client.version()


def test_web_proxy_of_the_environment_is_not_asked(toxiproxy: Toxiproxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A web proxy in the environment does not come between us and the server on this machine."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert toxiproxy.client.version() == toxiproxy.version


def test_probe_of_a_dead_service(toxiproxy: Toxiproxy) -> None:
    """A proxy whose service is gone answers nobody, and the probe says so."""
    proxies = Proxies(toxiproxy.client, prefix="dead-")
    address = proxies.create("bureau", upstream_port=9)
    assert probe(address.host, address.port, Ask()).outcome in ("closed", "reset")
    sweep(toxiproxy.client.url, "dead-")


def await_(condition: Callable[[], bool], within_s: float = 10.0) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def gone(url: str) -> bool:
    """Whether nothing answers there any more."""
    try:
        ToxiproxyClient(url).version()
    except ToxiproxyUnreachableError:
        return True
    return False


OWN_AND_WAIT = """
import sys, time
from pathlib import Path
from creditstorm.adapters.toxiproxy.server import start_toxiproxy
print(start_toxiproxy(log=Path(sys.argv[1]), prefix="x-").client.url, flush=True)
time.sleep(60)
"""

BORROW_AND_WAIT = """
import sys, time
from pathlib import Path
from creditstorm.adapters.toxiproxy.proxies import Proxies
from creditstorm.adapters.toxiproxy.server import start_toxiproxy
environ = {"CREDITSTORM_TOXIPROXY": sys.argv[1]}
server = start_toxiproxy(log=Path("unused.log"), prefix="killed-", environ=environ)
Proxies(server.client, prefix="killed-").create("bureau", upstream_port=9)
print("ready", flush=True)
time.sleep(60)
"""
