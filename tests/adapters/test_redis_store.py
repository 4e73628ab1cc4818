"""Somebody's Redis is checked before the run and left as it was found; faults on the way to it are seen."""

from __future__ import annotations

import socketserver
import threading
import traceback
from collections.abc import Iterator

import pytest
from redis import Redis
from creditstorm.adapters.faults.network.injector import NetworkInjector
from creditstorm.adapters.probing.dialects import Resp, greeting
from creditstorm.adapters.redis_store import BorrowedStore
from creditstorm.adapters.toxiproxy.janitor import sweep
from creditstorm.adapters.toxiproxy.proxies import Proxies
from creditstorm.adapters.toxiproxy.server import Toxiproxy
from creditstorm.errors import HarnessError
from creditstorm.language.store_url import StoreUrl, store_url
from creditstorm.scenario.faults import NetworkFault
from creditstorm.scenario.faults.base import STORE
from tests.adapters.faults.network.test_injector import READ_BACK, SEEN_DOWNSTREAM, SEEN_UPSTREAM, storm_and_calm
from tests.redis_server import redis_server


@pytest.fixture(scope="module")
def url() -> Iterator[StoreUrl]:
    """A Redis."""
    with redis_server() as port:
        yield store_url(f"redis://127.0.0.1:{port}/3")


@pytest.fixture
def hand(toxiproxy: Toxiproxy, url: StoreUrl) -> Iterator[NetworkInjector]:
    """Faults on a proxy before that Redis, gone after the test."""
    made = Proxies(toxiproxy.client, prefix="redis-")
    made.create_before(url.upstream, STORE, Resp(greeting(url)))
    faults = NetworkInjector(toxiproxy.client, made.addresses)
    yield faults
    faults.clear_all()
    sweep(toxiproxy.client.url, "redis-")


def at_the_store(fault: NetworkFault, **changes: str) -> NetworkFault:
    return fault.model_copy(update={"target": STORE, **changes})


def test_a_redis_that_answers_will_do(url: StoreUrl) -> None:
    """Nothing is said about it."""
    BorrowedStore(url, "run").require()


def test_nobody_there(service_port: int) -> None:
    """A port where nobody listens, or somebody else, is an error of the environment with a remedy."""
    for port, why in ((1, "refused"), (service_port, "no reply of a Redis|closed|timed out")):
        with pytest.raises(HarnessError, match=rf"(?s)no Redis at 127.0.0.1:{port} .*({why}).*start one there"):
            BorrowedStore(StoreUrl("127.0.0.1", port, 0), "run").require()


class _Closed(socketserver.BaseRequestHandler):
    """A Redis that wants a password, whatever it is told."""

    def handle(self) -> None:
        self.request.recv(100)
        self.request.sendall(b"-NOAUTH Authentication required.\r\n")


def test_a_redis_that_does_not_let_us_in() -> None:
    """Its own words are shown."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Closed) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        borrowed = BorrowedStore(StoreUrl("127.0.0.1", server.server_address[1], 0), "run")
        with pytest.raises(HarnessError, match="refuses: NOAUTH Authentication required") as caught:
            borrowed.require()
    assert str(caught.value).endswith(
        "mend the user or the database in `store`, or the password in CREDITSTORM_STORE_PASSWORD"
    )


class _Echo(socketserver.BaseRequestHandler):
    """Somebody who does not know AUTH and repeats what it was told."""

    def handle(self) -> None:
        words = self.request.recv(200).split(b"\r\n")[-2]
        self.request.sendall(b"-ERR unknown command 'AUTH', with args beginning with: '" + words + b"'\r\n")


def test_what_is_repeated_of_a_password_is_not_shown() -> None:
    """Neither in the message nor in what it was made of."""
    password = "2retnuh"[::-1]  # a traceback shows the lines of this test
    with socketserver.TCPServer(("127.0.0.1", 0), _Echo) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        borrowed = BorrowedStore(store_url(f"redis://:***@127.0.0.1:{server.server_address[1]}"), "run", password)
        with pytest.raises(HarnessError, match=r"args beginning with: '\*\*\*'") as caught:
            borrowed.require()
    assert password not in "".join(traceback.format_exception(caught.value)) + repr(borrowed)


def test_only_what_the_run_left_is_deleted(url: StoreUrl) -> None:
    """More keys than go at a time, and nobody else's."""
    mine = [f"run:0:{n}" for n in range(501)]
    with Redis(port=url.port, db=url.db) as client:
        client.mset(dict.fromkeys([*mine, "other:0:1"], "x"))
        client.sadd("run:keys", *mine)
        BorrowedStore(url, "run").tidy()
        BorrowedStore(url, "run").tidy()
        assert client.keys("*") == [b"other:0:1"]


def test_tidying_up_where_nobody_is() -> None:
    """Nothing is raised: what is there has a time to live."""
    BorrowedStore(StoreUrl("127.0.0.1", 1, 0), "run").tidy()


@pytest.mark.parametrize("one", SEEN_DOWNSTREAM.values(), ids=SEEN_DOWNSTREAM)
def test_a_fault_of_the_store_is_met_and_gone(hand: NetworkInjector, one: NetworkFault) -> None:
    """A probe in the words of Redis meets each fault downstream, and a clean path after it."""
    met, clean = storm_and_calm(hand, at_the_store(one))
    assert (met[:7], clean[:7]) == ("probe: ", "probe: ")


@pytest.mark.parametrize("one", SEEN_UPSTREAM.values(), ids=SEEN_UPSTREAM)
def test_a_fault_upstream_is_met_and_gone(hand: NetworkInjector, one: NetworkFault) -> None:
    """As well on the way to the Redis."""
    met, clean = storm_and_calm(hand, at_the_store(one, direction="upstream"))
    assert (met[:7], clean[:7]) == ("probe: ", "probe: ")


@pytest.mark.parametrize("one", READ_BACK.values(), ids=READ_BACK)
def test_what_no_probe_can_see_is_read_back(hand: NetworkInjector, one: NetworkFault) -> None:
    """The server's word counts, as before a service."""
    met, clean = storm_and_calm(hand, at_the_store(one))
    assert (met[:11], clean[:11]) == ("read-back: ", "read-back: ")
