"""Every way a call can end over a real connection, the deadline that travels with it, and the replica that is asked."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

import pytest
import uvicorn
from yarl import URL
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from mock_services.deciding.upstreams import KEEP_ALIVE_S, HttpUpstreams, Replica, Replicas
from mock_services.processes import serving
from tests.mock_services.policies.cases import PEOPLE, asked_by

A, B = URL("http://a"), URL("http://b")
GOOD = Evidence(EvidenceStatus.OK, 1.0)
LATE = Evidence(EvidenceStatus.LATE)
REFUSED = Evidence(EvidenceStatus.REFUSED)
CROWD = [asked_by(PEOPLE.applicant(n)) for n in range(2000)]


@dataclass
class Clock:
    """A time that is set."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


def two(clock: Clock) -> Replicas:
    return Replicas([A, B], clock)


def replica_at(replicas: Replicas, url: URL) -> Replica:
    return next(replica for asked in CROWD if (replica := replicas.pick(asked, 0)).place == url)


def fail(replicas: Replicas, replica: Replica, times: int = 5) -> None:
    for _ in range(times):
        replicas.learn(replica, LATE)


def urls(replicas: Replicas, crowd: list[CreditRequest] = CROWD) -> set[URL]:
    return {replicas.pick(asked, 0).place for asked in crowd}


def test_replicas_share_the_requests() -> None:
    """Half each, and a request has the same one every time."""
    replicas = two(Clock())
    picked = [replicas.pick(asked, 0).place for asked in CROWD]
    assert picked == [replicas.pick(asked, 0).place for asked in CROWD]
    assert 900 < Counter(picked)[A] < 1100


def test_the_next_try_goes_to_the_other() -> None:
    """A retry or a hedge does not meet the same trouble."""
    replicas = two(Clock())
    for asked in CROWD[:100]:
        first, second, third = (replicas.pick(asked, n).place for n in range(3))
        assert first != second
        assert first == third


def test_five_failures_in_a_row_leave_a_replica_out() -> None:
    """Everybody is asked of the other one, for five seconds."""
    clock = Clock()
    replicas = two(clock)
    fail(replicas, replica_at(replicas, A), 4)
    assert urls(replicas) == {A, B}
    fail(replicas, replica_at(replicas, A), 1)
    assert urls(replicas) == {B}
    clock.at = 5.0
    assert urls(replicas) == {A, B}


def test_a_success_between_failures_counts() -> None:
    """Only failures in a row do; what a person forbids is no failure."""
    replicas = two(Clock())
    for good in (GOOD, REFUSED):
        fail(replicas, replica_at(replicas, A), 4)
        replicas.learn(replica_at(replicas, A), good)
    fail(replicas, replica_at(replicas, A), 4)
    assert urls(replicas) == {A, B}


def test_a_replica_that_fails_again_is_left_out_for_longer() -> None:
    """The second time in a row twice as long; what was under way when it was left out does not count."""
    clock = Clock()
    replicas = two(clock)
    broken = replica_at(replicas, A)
    fail(replicas, broken, 50)
    clock.at = 5.0
    fail(replicas, broken)
    clock.at += 9.9
    assert urls(replicas) == {B}
    clock.at += 0.2
    replicas.learn(broken, GOOD)
    fail(replicas, broken)
    clock.at += 5.0
    assert urls(replicas) == {A, B}


def test_when_all_fail_all_are_asked() -> None:
    """Leaving everybody out would be an outage of our own making."""
    replicas = two(Clock())
    broken = [replica_at(replicas, url) for url in (A, B)]
    for replica in broken:
        fail(replicas, replica)
    assert urls(replicas) == {A, B}


def test_a_failure_says_whether_a_replica_is_left() -> None:
    """As long as the other one is not left out itself; good evidence says nothing, nor does an only replica."""
    replicas, alone = two(Clock()), Replicas([A], Clock())
    a, b = (replica_at(replicas, url) for url in (A, B))
    assert replicas.learn(a, GOOD) is GOOD
    assert replicas.learn(a, LATE) == replace(LATE, replica_left=True)
    fail(replicas, b)
    assert replicas.learn(a, LATE) is LATE
    assert alone.learn(alone.pick(CROWD[0], 0), LATE) is LATE


def test_one_replica_is_always_asked() -> None:
    """Without a second one there is nothing to choose."""
    replicas = Replicas([A], Clock())
    fail(replicas, replicas.pick(CROWD[0], 0), 100)
    assert urls(replicas) == {A}


ASKED = asked_by(PEOPLE.applicant(7), session=3, attempt=1)
RECORD = b'{"service":"bureau","version":"1","as_of":900.0,"record":{"bureau_score":612}}'
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def reply(status: int, body: bytes, length: int | None = None) -> bytes:
    return b"HTTP/1.1 %d Whatever\r\nContent-Length: %d\r\n\r\n%s" % (status, length or len(body), body)


def says(raw: bytes, heard: list[bytes] | None = None) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"}")
        if heard is not None:
            heard.append(request)
        writer.write(raw)
        await writer.drain()

    return handle


async def hangs_up_hard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"}")
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


async def keeps_silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


@asynccontextmanager
async def service(handler: Handler) -> AsyncIterator[str]:
    """The URL of a server whose connections are all closed at the end."""
    done: list[asyncio.Task[None]] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await handler(reader, writer)
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        done.append(asyncio.create_task(handle(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    await asyncio.gather(*done)


def ask(handler: Handler, budget_s: float = 5.0) -> Evidence:
    async def story() -> Evidence:
        async with service(handler) as url, HttpUpstreams({"bureau": url}) as upstreams:
            return await upstreams.evidence("bureau", ASKED, 0, time.time() + budget_s)

    return asyncio.run(story())


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (says(reply(200, RECORD)), "ok"),
        (says(reply(200, RECORD.replace(b'{"bureau_score":612}', b"null"))), "empty"),
        (says(reply(503, b'{"error":"full"}')), "error"),
        (says(reply(504, b"{}")), "late"),
        (says(reply(403, b"{}")), "refused"),
        (says(reply(200, b"<html>")), "malformed"),
        (says(reply(200, RECORD[:20], length=len(RECORD))), "malformed"),
        (says(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "malformed"),
        (says(b""), "error"),
        (hangs_up_hard, "error"),
    ],
)
def test_how_a_call_ends(handler: Handler, status: str) -> None:
    """Good, refused, cut off and garbled replies each have their status, and every call its latency."""
    evidence = ask(handler)
    assert evidence.status == status
    assert evidence.latency_s is not None
    assert evidence.latency_s >= 0.0


def test_silence_is_late() -> None:
    """A call is given up at its deadline."""
    evidence = ask(keeps_silent, budget_s=0.05)
    assert evidence.status is EvidenceStatus.LATE


def test_nobody_listens() -> None:
    """A closed port is an error: refused is what a person forbids."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    async def story() -> Evidence:
        async with HttpUpstreams({"bureau": url}) as upstreams:
            return await upstreams.evidence("bureau", ASKED, 0, time.time() + 5.0)

    assert asyncio.run(story()).status is EvidenceStatus.ERROR


def test_a_retry_asks_the_other_replica() -> None:
    """Where one of two does not answer, the next try does not meet it again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"

    async def story() -> set[tuple[EvidenceStatus, EvidenceStatus]]:
        answers = says(reply(200, RECORD).replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        async with service(answers) as url, HttpUpstreams({"bureau": [nobody, url]}) as upstreams:
            until = time.time() + 5.0
            people = [asked_by(PEOPLE.applicant(n)) for n in range(4)]
            tries = [[(await upstreams.evidence("bureau", one, n, until)).status for n in (0, 1)] for one in people]
            return {(first, second) for first, second in tries}

    assert asyncio.run(story()) == {
        (EvidenceStatus.OK, EvidenceStatus.ERROR),
        (EvidenceStatus.ERROR, EvidenceStatus.OK),
    }


def test_an_expired_call_is_not_made() -> None:
    """After the deadline nothing is sent."""
    heard: list[bytes] = []
    evidence = ask(says(reply(200, RECORD), heard), budget_s=-1.0)
    assert (evidence, heard) == (Evidence(EvidenceStatus.LATE, latency_s=0.0), [])


def request_for(asked: CreditRequest, *, scoring: bool) -> tuple[bytes, float]:
    heard: list[bytes] = []
    until = time.time() + 5.0

    async def story() -> None:
        one = service(says(reply(200, RECORD), heard))
        async with one as url, HttpUpstreams({"bureau": url, "scoring": url}) as upstreams:
            if scoring:
                await upstreams.score(asked, {"income": 9000.0, "bureau": None}, 0, until)
            else:
                await upstreams.evidence("bureau", asked, 2, until)

    asyncio.run(story())
    return heard[0], until


def test_the_deadline_and_the_key_travel() -> None:
    """The request carries the absolute deadline and the whole key, the number of the try included."""
    request, until = request_for(ASKED, scoring=False)
    assert b"POST /v1/evidence HTTP/1.1" in request
    assert f"X-Deadline: {until:.6f}".encode() in request
    assert request.endswith(b'{"applicant":7,"session":3,"attempt":1,"try":2}')


def test_scoring_is_told_null_and_absent_apart() -> None:
    """A true "no record" travels as null, and what was not retrieved does not travel."""
    request, _ = request_for(ASKED, scoring=True)
    assert b"POST /v1/score HTTP/1.1" in request
    assert request.endswith(b'"values":{"income":9000.0,"bureau":null}')


def test_no_cookies_and_small_headers() -> None:
    """A request carries what it needs and nothing else."""
    head = request_for(ASKED, scoring=False)[0].split(b"\r\n\r\n")[0]
    names = {line.split(b":")[0].lower() for line in head.splitlines()[1:]}
    assert names == {b"host", b"content-type", b"content-length", b"x-deadline"}


@pytest.mark.parametrize(("idle_s", "connections"), [(3.9, 1), (4.1, 2)])
def test_a_connection_that_was_idle_for_long_is_not_used(
    idle_s: float, connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to four seconds it is; later the service may be just closing it, and a new one is opened."""
    opened: list[object] = []
    waited_s = 0.0
    monkeypatch.setattr("aiohttp.connector.monotonic", lambda: time.monotonic() + waited_s)

    async def keeps_answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer)
        with suppress(asyncio.IncompleteReadError):
            while True:
                await reader.readuntil(b"}")
                writer.write(reply(200, RECORD))

    async def story() -> None:
        nonlocal waited_s
        async with service(keeps_answering) as url, HttpUpstreams({"bureau": url}) as upstreams:
            await upstreams.evidence("bureau", ASKED, 0, time.time() + 5.0)
            waited_s = idle_s
            await upstreams.evidence("bureau", ASKED, 1, time.time() + 5.0)

    asyncio.run(story())
    assert len(opened) == connections


def test_a_service_keeps_a_connection_for_longer_than_the_lender() -> None:
    """Whether the fleet starts it or a person with uvicorn: no pooled connection is one that is just being closed."""
    by_hand = uvicorn.Config("mock_services.source:create_app", factory=True).timeout_keep_alive
    assert min(by_hand, serving.KEEP_ALIVE_S) > KEEP_ALIVE_S


def test_ask_before_entering() -> None:
    """Asking without a session is a mistake of the caller, not a lost source."""
    with pytest.raises(RuntimeError, match="enter HttpUpstreams"):
        asyncio.run(HttpUpstreams({"bureau": "http://127.0.0.1:9"}).evidence("bureau", ASKED, 0, time.time() + 5.0))
