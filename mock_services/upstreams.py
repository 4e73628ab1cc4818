"""Asks sources and scoring over HTTP: one try, one deadline, and every way it can end as a status."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final, Self

import aiohttp
from pydantic_core import to_json
from yarl import URL

from creditstorm.credit.evidence import Evidence, EvidenceStatus
from mock_services.deadline import DEADLINE_HEADER
from mock_services.policies.case import Asked
from mock_services.reading import Arrived, read

KEEP_ALIVE_S: Final = 4.0
"""Below uvicorn's 5 s, so that a pooled connection is never one that the service is just closing."""


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


class HttpUpstreams:
    """The services behind their URLs; ``async with`` it, because its connections need a running loop."""

    def __init__(self, urls: Mapping[str, str], now: Callable[[], float] = time.time) -> None:
        self._urls = {s: URL(url) / ("v1/score" if s == "scoring" else "v1/evidence") for s, url in urls.items()}
        self._now = now
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

    async def evidence(self, service: str, asked: Asked, nth_try: int, until: float) -> Evidence:
        """What a source says about a person; given up at `until` (unix seconds), which travels on."""
        ids = (asked.applicant, asked.session, asked.attempt, nth_try)
        return await self._ask(service, b'{"applicant":%d,"session":%d,"attempt":%d,"try":%d}' % ids, until)

    async def score(self, asked: Asked, values: Mapping[str, float | None], nth_try: int, until: float) -> Evidence:
        """The score on the values that were retrieved."""
        key = {"applicant": asked.applicant, "session": asked.session, "attempt": asked.attempt, "try": nth_try}
        return await self._ask("scoring", to_json(key | {"file": asked.file, "values": values}), until)

    async def _ask(self, service: str, body: bytes, until: float) -> Evidence:
        started = self._now()
        if started >= until:
            return Evidence(EvidenceStatus.LATE, latency_s=0.0)
        try:
            async with asyncio.timeout(until - started):
                status, raw = await self._exchange(self._urls[service], body, until)
        except TimeoutError:
            return Evidence(EvidenceStatus.LATE, latency_s=self._now() - started)
        except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError):  # cut off, or not HTTP
            return Evidence(EvidenceStatus.MALFORMED, latency_s=self._now() - started)
        except (aiohttp.ClientError, OSError):
            return Evidence(EvidenceStatus.REFUSED, latency_s=self._now() - started)
        now = self._now()
        return read(service, Arrived(status, raw, now, now - started))

    async def _exchange(self, url: URL, body: bytes, until: float) -> tuple[int, bytes]:
        async with self._open_session().post(url, data=body, headers={DEADLINE_HEADER: f"{until:.6f}"}) as reply:
            return reply.status, await reply.read()
