"""Calls through the proxy of a service that wait for nothing: whether they met a fault, its receipt says."""

from __future__ import annotations

import contextlib
import json
import socket
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from creditstorm.adapters.faults.inside.candidates import Call
from creditstorm.adapters.toxiproxy.proxies import ProxyAddress
from creditstorm.credit.applicants import File

CONNECT_WITHIN_S: Final = 0.2


@dataclass
class Probes:
    """``with Probes(address) as probes``: connections stay open until then, so that nobody sees a caller hang up."""

    address: ProxyAddress
    sent: int = 0
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def send(self, call: Call) -> None:
        """Ask about this person; a path that takes no connection loses the probe, and nothing else."""
        with contextlib.suppress(OSError):
            there = (self.address.host, self.address.port)
            connection = self._open.enter_context(socket.create_connection(there, timeout=CONNECT_WITHIN_S))
            connection.sendall(request(self.address.target, call))
            self.sent += 1


def request(target: str, call: Call) -> bytes:
    """The bytes of the call as the decision service would make it."""
    key = {"applicant": call.applicant, "session": call.session, "attempt": call.attempt, "try": call.nth_try}
    scoring = target == "scoring"
    body = json.dumps({**key, "file": File.THICK, "values": {}} if scoring else key).encode()
    path = "/v1/score" if scoring else "/v1/evidence"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: probe\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
