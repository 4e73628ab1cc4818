"""Tells services which faults to do themselves, and takes their receipts for it."""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from creditstorm.adapters.faults.injector import Verification
from creditstorm.adapters.faults.inside.client import ControlClient, ControlError, ControlUnreachableError
from creditstorm.adapters.faults.inside.probes import Probes, calls_that_meet
from creditstorm.adapters.toxiproxy.proxies import ProxyAddress
from creditstorm.credit.applicants import Population
from creditstorm.scenario.faults import InsideFault

BETWEEN_S: Final = 0.01
BETWEEN_PROBES_S: Final = 0.02


@dataclass
class InsideInjector:
    """The faults inside the services of one run; `control` finds the port of a process, by its name.

    `disturbed` says whether something on the path of a target keeps probes from meeting what is on.
    """

    control: Callable[[str], ControlClient]
    addresses: Mapping[str, ProxyAddress]
    people: Population
    redundancy: tuple[str, ...] = ()
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
