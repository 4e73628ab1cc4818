"""Tells services through their control ports which faults to do themselves, and takes their receipts for it.

ControlError                  the service refused, with its own words
└── ControlUnreachableError   nobody answers there, or not in time
"""

import contextlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

import requests
from creditstorm.adapters.faults.injector import Verification
from creditstorm.adapters.faults.inside.probes import Probes, calls_that_meet
from creditstorm.adapters.probing.loopback import LOOPBACK, web_session
from creditstorm.adapters.toxiproxy.proxies import ProxyAddress
from creditstorm.credit.applicants import Population
from creditstorm.errors import HarnessError
from creditstorm.scenario.faults import InsideFault
from creditstorm.scenario.faults.base import DECISION

TIMEOUT_S: Final = 2.0


class ControlError(HarnessError):
    """The service refused."""


class ControlUnreachableError(ControlError):
    """The service does not answer at its control port."""


@dataclass(frozen=True, slots=True)
class ControlClient:
    """Who has the token of the run may switch faults inside a service."""

    service: str
    port: int
    token: str = field(repr=False)
    timeout_s: float = TIMEOUT_S

    def put(self, name: str, parameters: dict[str, object]) -> None:
        """Switch a fault on; returns once the service has confirmed it."""
        self._ask("PUT", _path(name), parameters)

    def receipts(self) -> dict[str, int]:
        """How many requests met each fault that is on, by name."""
        faults = self._ask("GET", "/v1/faults").get("faults")
        listed = faults if isinstance(faults, dict) else {}
        return {name: int(fault["met"]) for name, fault in listed.items()}

    def delete(self, name: str) -> int:
        """Switch a fault off; how many requests met it, 0 if it was not on."""
        return int(str(self._ask("DELETE", _path(name)).get("met", 0)))

    def _ask(self, verb: str, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
        reply = self._exchange(verb, path, body)
        answer = json.loads(reply.text) if reply.text else None
        if reply.status_code != requests.codes.ok or not isinstance(answer, dict):
            words = answer.get("error", "") if isinstance(answer, dict) else reply.text
            status = reply.status_code
            raise ControlError(f"the control port of {self.service} refused {verb} {path} ({status}): {words}")
        return answer

    def _exchange(self, verb: str, path: str, body: dict[str, object] | None) -> requests.Response:
        url, head = f"http://{LOOPBACK}:{self.port}{path}", {"Authorization": f"Bearer {self.token}"}
        data = None if body is None else json.dumps(body)
        try:
            with web_session() as web:
                return web.request(verb, url, data=data, headers=head, timeout=self.timeout_s, allow_redirects=False)
        except requests.RequestException as error:
            raise ControlUnreachableError(f"{self.service} does not answer at its control port: {error!r}") from error


def _path(name: str) -> str:
    return f"/v1/faults/{quote(name, safe='')}"


BETWEEN_S: Final = 0.01
BETWEEN_PROBES_S: Final = 0.02


@dataclass
class InsideInjector:
    """The faults inside the services of one run; `control` finds the port of a process, by its name.

    `disturbed` says whether something on the path of a target keeps probes from meeting what is on. Where the lender
    has a `desk`, its reviewers are told what changes about people; one who is not there is told on coming back.
    """

    control: Callable[[str], ControlClient]
    addresses: Mapping[str, ProxyAddress]
    people: Population
    redundancy: tuple[str, ...] = ()
    desk: bool = False
    disturbed: Callable[[str], bool] = lambda _target: False
    probes: Callable[[ProxyAddress], Probes] = Probes
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    _on: dict[str, InsideFault] = field(default_factory=dict)
    _over: dict[str, InsideFault] = field(default_factory=dict)
    _receipts: dict[str, int] = field(default_factory=dict)
    _probed: dict[str, int] = field(default_factory=dict)
    _retold: set[str] = field(default_factory=set)

    def apply(self, fault: InsideFault) -> None:
        """Tell every process of it; returns once each has confirmed."""
        self._on[fault.name] = fault
        for client in self._clients(fault):
            client.put(fault.name, fault.parameters())
        if self.desk and (told := fault.at_desk()) is not None:
            with contextlib.suppress(ControlUnreachableError):
                self.control(DECISION).put(fault.name, told)

    def verify_effective(self, fault: InsideFault, timeout_s: float) -> Verification | None:
        """The first receipt of a request that met it; where no probe can meet it, the word of the service."""
        began_at = self.clock()
        if fault.met_by == "nobody" or self.disturbed(fault.target):
            return self._listed(fault)
        waiting = list(calls_that_meet(fault, self.people))
        with self.probes(self.addresses[fault.target]) as probes:
            while self.clock() < began_at + timeout_s:
                if waiting and self.clock() >= began_at + probes.sent * BETWEEN_PROBES_S:
                    probes.send(waiting.pop(0))
                    self._probed[fault.name] = probes.sent
                if met := sum(self._met(fault)):
                    return Verification(began_at, _receipt(met, probes.sent, self.clock() - began_at))
                if self.disturbed(fault.target):
                    return self._listed(fault)
                self.pause(BETWEEN_S)
        return None

    def clear(self, fault: InsideFault) -> None:
        """Tell every process that it is over, and keep its last receipts."""
        self._receipts[fault.name] = sum(client.delete(fault.name) for client in self._clients(fault))
        self._on.pop(fault.name, None)
        if self.desk and fault.at_desk() is not None:
            with contextlib.suppress(ControlUnreachableError):
                self.control(DECISION).delete(fault.name)
        if fault.told_after_end:
            self._over[fault.name] = fault

    def verify_cleared(self, fault: InsideFault, timeout_s: float) -> Verification | None:
        """When no process lists it any more."""
        deadline = self.clock() + timeout_s
        while (asked_at := self.clock()) < deadline:
            if not any(fault.name in client.receipts() for client in self._clients(fault)):
                total, probes = self._receipts.get(fault.name, 0), self._probed.get(fault.name, 0)
                words = f"read-back: {fault.kind} is off; {_requests(total)} met it in all{_of_them(probes)}"
                return Verification(asked_at, words, self._met_by_load(fault, total - probes))
            self.pause(BETWEEN_S)
        return None

    def repeat(self, process: str) -> None:
        """Tell a process that was started again what it had been told before, and should still know."""
        client = self.control(process)
        for over in self._told(process, self._over):
            client.put(over.name, over.parameters())
            client.delete(over.name)
        for on in self._told(process, self._on):
            self._retold.add(on.name)
            client.put(on.name, on.parameters())
        if process == DECISION and self.desk:
            self._repeat_at_desk(client)

    def _repeat_at_desk(self, client: ControlClient) -> None:
        for fault in (*self._over.values(), *self._on.values()):
            if (told := fault.at_desk()) is not None:
                client.put(fault.name, told)
        for over in self._over:
            client.delete(over)

    def clear_all(self) -> None:
        """Take off what may be on; a service that is gone took it along."""
        for fault in list(self._on.values()):
            for client in self._clients(fault):
                with contextlib.suppress(ControlError):
                    client.delete(fault.name)
        self._on.clear()

    def _clients(self, fault: InsideFault) -> list[ControlClient]:
        return [self.control(process) for process in fault.places(self.redundancy)]

    def _told(self, process: str, faults: Mapping[str, InsideFault]) -> list[InsideFault]:
        return [fault for fault in list(faults.values()) if process in fault.places(self.redundancy)]

    def _met(self, fault: InsideFault) -> list[int]:
        """How many met it at each process that lists it; a process that does not answer now may do so soon."""
        met = []
        for client in self._clients(fault):
            with contextlib.suppress(ControlUnreachableError):
                met += [client.receipts().get(fault.name, 0)]
        return met

    def _met_by_load(self, fault: InsideFault, counted: int) -> int | None:
        """At least so many; a process that was started again has forgotten those before, so its 0 says nothing."""
        return None if counted <= 0 and fault.name in self._retold else max(0, counted)

    def _listed(self, fault: InsideFault) -> Verification | None:
        asked_at = self.clock()
        receipts = [client.receipts() for client in self._clients(fault)]
        if not all(fault.name in listed for listed in receipts):
            return None
        return Verification(asked_at, f"read-back: {fault.kind} is on")


def _receipt(met: int, probes: int, took_s: float) -> str:
    return f"receipt: {_requests(met)} met it within {took_s * 1000:.0f} ms ({_probes(probes)} sent)"


def _of_them(probes: int) -> str:
    return f" ({_probes(probes)} sent)" if probes else ""


def _probes(count: int) -> str:
    return "1 probe" if count == 1 else f"{count} probes"


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"
