"""Asks sources and scoring: which replica, one try, one deadline, and every way it can end as a status; over HTTP."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, Self, TypeVar

import aiohttp
from pydantic_core import to_json
from yarl import URL
from creditstorm import steady
from creditstorm.credit import Evidence, EvidenceStatus, Keyed
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.evidence import NEVER_ASKED
from creditstorm.strain import tell
from mock_services.wire.handling import DEADLINE_HEADER
from mock_services.wire.payloads import Arrived, read

FAILURES: Final = 5
EJECTED_S: Final = 5.0
"""Five failures in a row, as Envoy's `consecutive_5xx`; 5 s instead of its `base_ejection_time` of 30 s, because storms
here are minutes long. As there, the n-th ejection in a row lasts n times as long."""

_SPREAD: Final = Keyed(0, "replica")


PlaceT = TypeVar("PlaceT")


@dataclass(slots=True)
class Replica(Generic[PlaceT]):
    """One replica: where it is asked, and how it has done lately."""

    place: PlaceT
    failures: int = 0
    ejections: int = 0
    back_at: float = 0.0


class Replicas(Generic[PlaceT]):
    """Every request has a replica of its own, by its key, and its next try goes to the next one.

    A replica is left out after five failures in a row, whichever requests they befell; when all are left out, all are
    request as if none were. What a person forbids is no failure.
    """

    def __init__(self, places: Sequence[PlaceT], now: Callable[[], float] = steady.unix_s) -> None:
        self._replicas = tuple(Replica(place) for place in places)
        self._now = now

    def pick(self, request: CreditRequest, nth_try: int) -> Replica[PlaceT]:
        """The replica for this try."""
        if len(self._replicas) == 1:
            return self._replicas[0]
        now = self._now()
        healthy = [replica for replica in self._replicas if replica.back_at <= now] or self._replicas
        first = _SPREAD.bits(request.applicant, request.session, request.attempt)
        return healthy[(first + nth_try) % len(healthy)]

    def learn(self, replica: Replica[PlaceT], evidence: Evidence) -> Evidence:
        """The evidence of a try at this replica; of a failure it says whether there is another one left."""
        if evidence.answered:
            replica.failures = replica.ejections = 0
            return evidence
        now = self._now()
        if replica.back_at <= now:  # else it was under way when the replica was left out, and says nothing new
            self._failed(replica, now)
        left = any(other is not replica and other.back_at <= now for other in self._replicas)
        return replace(evidence, replica_left=True) if left else evidence

    def _failed(self, replica: Replica[PlaceT], now: float) -> None:
        replica.failures += 1
        if replica.failures >= FAILURES:
            replica.failures = 0
            replica.ejections += 1
            replica.back_at = now + EJECTED_S * replica.ejections


@dataclass(frozen=True, slots=True)
class UpstreamCall:
    """What is sent, and when it is given up."""

    body: bytes
    until: float


class CutOffError(Exception):
    """The reply ended in the middle, or is not HTTP."""


class RemoteUpstreams(Generic[PlaceT]):
    """The services behind their places, one or several replicas each; how bytes get there and back, a subclass says."""

    def __init__(self, places: Mapping[str, Sequence[PlaceT]], now: Callable[[], float] = steady.unix_s) -> None:
        self._replicas = {service: Replicas(there, now) for service, there in places.items()}
        self._now = now

    async def evidence(self, service: str, request: CreditRequest, nth_try: int, until: float) -> Evidence:
        """What a source says about a person; given up at `until` (unix seconds), which travels on."""
        ids = (request.applicant, request.session, request.attempt, nth_try)
        body = b'{"applicant":%d,"session":%d,"attempt":%d,"try":%d}' % ids
        return await self._ask_one(service, request, nth_try, UpstreamCall(body, until))

    async def score(
        self, request: CreditRequest, values: Mapping[str, float | None], nth_try: int, until: float
    ) -> Evidence:
        """The score on the values that were retrieved."""
        key = {"applicant": request.applicant, "session": request.session, "attempt": request.attempt, "try": nth_try}
        body = to_json(key | {"file": request.file, "values": values})
        return await self._ask_one("scoring", request, nth_try, UpstreamCall(body, until))

    async def _ask_one(self, service: str, request: CreditRequest, nth_try: int, call: UpstreamCall) -> Evidence:
        if self._now() >= call.until:
            return NEVER_ASKED
        replicas = self._replicas[service]
        replica = replicas.pick(request, nth_try)
        return replicas.learn(replica, await self._ask(service, replica.place, call))

    async def _ask(self, service: str, place: PlaceT, call: UpstreamCall) -> Evidence:
        started = self._now()
        try:
            status, raw = await self._in_time(place, call, started)
        except TimeoutError:
            return Evidence(EvidenceStatus.LATE, latency_s=self._now() - started)
        except CutOffError:
            return Evidence(EvidenceStatus.MALFORMED, latency_s=self._now() - started)
        except OSError as problem:
            tell(problem)
            return Evidence(EvidenceStatus.ERROR, latency_s=self._now() - started)
        now = self._now()
        return read(service, Arrived(status, raw, now, now - started))

    async def _in_time(self, place: PlaceT, call: UpstreamCall, started: float) -> tuple[int, bytes]:
        """The status and the bytes that came back by `call.until`, else TimeoutError.

        CutOffError where only a part did, OSError where nothing did.
        """
        raise NotImplementedError


KEEP_ALIVE_S: Final = 4.0
"""Below uvicorn's 5 s (a service that a person starts) and the 75 s of the fleet's services, so that a pooled
connection is never one that the service is just closing."""


def new_session() -> aiohttp.ClientSession:
    """A session with as many connections as calls, kept alive, without cookies and without time-outs of its own."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        headers={"Content-Type": "application/json"},
        auto_decompress=False,
    )


class HttpUpstreams(RemoteUpstreams[URL]):
    """The services behind their URLs, one or several replicas each.

    ``async with`` it, because its connections need a running loop.
    """

    def __init__(self, urls: Mapping[str, str | Sequence[str]], now: Callable[[], float] = steady.unix_s) -> None:
        super().__init__({service: _paths(service, there) for service, there in urls.items()}, now)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = new_session()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._open_session().close()

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("enter HttpUpstreams before asking")
        return self._session

    async def _in_time(self, place: URL, call: UpstreamCall, started: float) -> tuple[int, bytes]:
        async with asyncio.timeout(call.until - started):
            return await self._exchange(place, call)

    async def _exchange(self, place: URL, call: UpstreamCall) -> tuple[int, bytes]:
        headers = {DEADLINE_HEADER: f"{call.until:.6f}"}
        try:
            async with self._open_session().post(place, data=call.body, headers=headers) as reply:
                return reply.status, await reply.read()
        except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError) as error:
            raise CutOffError(str(error)) from error
        except aiohttp.ClientError as error:
            if isinstance(error, OSError):
                raise
            raise ConnectionError(str(error)) from error


def _paths(service: str, urls: str | Sequence[str]) -> list[URL]:
    path = "v1/score" if service == "scoring" else "v1/evidence"
    return [URL(url) / path for url in ([urls] if isinstance(urls, str) else urls)]
