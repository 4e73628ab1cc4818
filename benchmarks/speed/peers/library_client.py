"""Our locustfile with geventhttpclient's own client, its pool as large as any peak in flight, in place of our lines."""

from __future__ import annotations

from functools import cached_property

import gevent
from geventhttpclient import HTTPClient
from creditstorm.generator.replies import Reply
from locustfiles import credit_check

POOL = 2000
HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


class LibraryConnections:
    """The library's client behind the two words that the locustfile uses."""

    def __init__(self, base_url: str, path: str, *, timeout_s: float) -> None:
        times = {"connection_timeout": timeout_s, "network_timeout": timeout_s}
        self._client = HTTPClient.from_url(base_url, concurrency=POOL, **times)
        self._path = path
        self._timeout_s = timeout_s

    def post(self, body: bytes) -> Reply:
        """The response to `body`, within the same time as ours."""
        with gevent.Timeout(self._timeout_s):
            response = self._client.post(self._path, body, HEADERS)
            content = response.read()
        return Reply(response.get_code(), "retry-after" in response, content)

    def close(self) -> None:
        """Close what waits for a request."""
        self._client.close()


class CreditSeekersOfTheLibrary(credit_check.CreditSeekers):
    """The same people."""

    @cached_property
    def connections(self) -> LibraryConnections:  # type: ignore[override]
        """The library's way to the lender."""
        plan = self.worker.plan
        return LibraryConnections(
            self.worker.host or self.host or "", credit_check.PATH, timeout_s=plan.client.timeout_s
        )
