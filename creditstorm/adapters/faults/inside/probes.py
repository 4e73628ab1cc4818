"""Calls through the proxy of a service that a fault is going to meet, so that a few see what else would take hundreds.

What befalls a call is keyed, so it can be known beforehand. A service is free to key otherwise: then a probe may miss,
and the first of the load's own requests that meets the fault shows it instead. A probe waits for nothing: whether it
met a fault, the fault's receipt says.
"""

import contextlib
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from types import TracebackType
from typing import Final, Self

from creditstorm.adapters.toxiproxy.proxies import ProxyAddress
from creditstorm.credit import SCORED, Applicant, File, Keyed, Population, befalls, draw
from creditstorm.scenario.faults import InsideFault
from creditstorm.scenario.faults.base import service_of

CONNECT_WITHIN_S: Final = 0.2
FIRST_SESSION: Final = 2**40
"""Sessions of probes begin where no load's ever will."""
LOOKED_AT: Final = 4000
COMPARED: Final = 30
ENOUGH: Final = 4
_DRAW_STRIKES: Final = 0
_DRAW_TIME: Final = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One call to a service, by what keys its luck."""

    applicant: int
    session: int
    attempt: int = 1
    nth_try: int = 0

    @property
    def ids(self) -> tuple[int, int, int, int]:
        """The key."""
        return (self.applicant, self.session, self.attempt, self.nth_try)


def calls_that_meet(fault: InsideFault, people: Population) -> tuple[Call, ...]:
    """The luckiest of the calls that the fault strikes: those that a calm service answers soonest."""
    struck = islice(_struck(fault, people), COMPARED)
    latency = Keyed(people.seed, "latency", fault.target)
    return tuple(sorted(struck, key=lambda call: draw(latency.bits(*call.ids), _DRAW_TIME))[:ENOUGH])


def _struck(fault: InsideFault, people: Population) -> Iterator[Call]:
    share = float(getattr(fault, "share", 1.0))
    strikes = Keyed(people.seed, "fault", fault.name)
    for number in range(LOOKED_AT):
        call = Call(number % people.size, FIRST_SESSION + number)
        if fault.met_by == "people":
            meets = befalls(people.seed, fault.name, call.applicant, share)
        else:
            meets = draw(strikes.bits(*call.ids), _DRAW_STRIKES) < share
        if meets and _on_file(people.applicant(call.applicant), service_of(fault.target)):
            yield call


def _on_file(person: Applicant, service: str) -> bool:
    """Whether there is something about the person that a fault could spoil, and that counts."""
    return person.file is File.THICK and (service not in SCORED or person.values[service] is not None)


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
            connection.sendall(request(self.address.target, call, below=self.address.dialect.path))
            self.sent += 1


def request(target: str, call: Call, *, below: str = "") -> bytes:
    """The bytes of the call as the decision service would make it, to a service `below` this path."""
    key = {"applicant": call.applicant, "session": call.session, "attempt": call.attempt, "try": call.nth_try}
    scoring = target == "scoring"
    body = json.dumps({**key, "file": File.THICK, "values": {}} if scoring else key).encode()
    path = f"{below}/v1/{'score' if scoring else 'evidence'}"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: probe\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
