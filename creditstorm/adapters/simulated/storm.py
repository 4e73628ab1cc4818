"""Puts faults on and takes them off at virtual instants, and says when each was on and off: exactly, nobody probes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from creditstorm.adapters.simulated.costs import Costs
from creditstorm.adapters.simulated.paths import Path
from creditstorm.adapters.simulated.people import Clockwork
from creditstorm.adapters.simulated.servers import Server
from creditstorm.engine.events import FaultApplied, FaultCleared, FaultEffective, FaultUnverified, ServiceReady
from creditstorm.errors import HarnessError
from creditstorm.scenario.faults import Fault, FaultBase, InsideFault, NetworkFault, ProcessFault
from creditstorm.scenario.faults.base import DECISION
from mock_services.faults.active import BadFaultError

VERIFIED = "simulated"


@dataclass
class SimulatedFaults:
    """The engine's port to the faults of a simulated run."""

    planned: Mapping[str, Fault]
    redundancy: tuple[str, ...]
    paths: Mapping[str, Path]
    servers: Mapping[str, Server]
    works: Clockwork
    costs: Costs
    desk: bool = False
    """Whether people decide at the lender, who are told what changes about people."""
    _inside: dict[str, InsideFault] = field(default_factory=dict)
    _over: dict[str, InsideFault] = field(default_factory=dict)
    _retold: set[str] = field(default_factory=set)
    _back_s: dict[str, float] = field(default_factory=dict)
    _waiting: dict[str, Callable[[], None]] = field(default_factory=dict)

    def begin(self, name: str) -> None:
        """On, a moment from now."""
        self._soon(self._begin, self.planned[name])

    def end(self, name: str) -> None:
        """Off, a moment from now."""
        self._soon(self._end, self.planned[name])

    def clear_all(self) -> None:
        """The whole system goes with the run."""

    def _soon(self, act: Callable[..., object], *what: object) -> None:
        self.works.loop.after(self.costs.control_s, act, *what)

    def _begin(self, fault: Fault) -> None:
        words = _words(fault)
        try:
            for part in fault.parts(self.redundancy):
                self._put(part)
        except HarnessError as error:
            self.works.post(FaultUnverified(t_s=self._now_s, **words, reason=str(error)))
            return
        self.works.post(FaultApplied(t_s=self._now_s, **words))
        self.works.post(FaultEffective(t_s=self._now_s, **words, verified_by=f"{VERIFIED}: {fault.kind} is on"))

    def _end(self, fault: Fault) -> None:
        try:
            met = [self._remove(part) for part in fault.parts(self.redundancy)]
        except HarnessError as error:
            self.works.post(FaultUnverified(t_s=self._now_s, **_words(fault), reason=str(error)))
            return
        if isinstance(fault, ProcessFault) and fault.kind != "pause" and fault.name not in self._back_s:
            self._waiting[fault.target] = lambda: self._cleared(fault, None)
        else:
            self._cleared(fault, met[0] if len(met) == 1 else None)

    def _cleared(self, fault: Fault, met: int | None) -> None:
        t_s = self._back_s.pop(fault.name, self._now_s)
        words = f"{VERIFIED}: {fault.kind} is off"
        self.works.post(FaultCleared(t_s=t_s, **_words(fault), verified_by=words, met=met))

    @property
    def _now_s(self) -> float:
        return self.works.clock.now_s()

    def _put(self, part: FaultBase) -> None:
        if isinstance(part, NetworkFault):
            self.paths[part.target].put(part)
        elif isinstance(part, InsideFault):
            self._inside[part.name] = part
            for place in part.places(self.redundancy):
                self._tell(place, part.name, part.parameters())
            self._at_desk(part, on=True)
        elif isinstance(part, ProcessFault):
            self._strike(part)

    def _remove(self, part: FaultBase) -> int | None:
        """How many requests met it, where that is counted."""
        if isinstance(part, NetworkFault):
            self.paths[part.target].remove(part)
        elif isinstance(part, InsideFault):
            return self._untell(part)
        elif part.kind == "pause":
            self.servers[part.target].go_on()
        elif part.kind == "kill":
            self._start_again(part)
        return None

    def _tell(self, place: str, name: str, told: dict[str, object]) -> None:
        try:
            self._faults_of(place).put(name, told)
        except BadFaultError as error:
            raise HarnessError(f"the control port of {place} refused {name}: {error}") from error

    def _at_desk(self, fault: InsideFault, *, on: bool) -> None:
        """Reviewers are told; who are not there are told when they are."""
        told = fault.at_desk()
        server = self.servers[DECISION]
        if not self.desk or told is None or not server.up:
            return
        if on:
            server.service.faults.put(fault.name, told)
        else:
            server.service.faults.remove(fault.name)

    def _untell(self, fault: InsideFault) -> int | None:
        met = sum(self._faults_of(place).remove(fault.name) for place in fault.places(self.redundancy))
        del self._inside[fault.name]
        self._at_desk(fault, on=False)
        if fault.told_after_end:
            self._over[fault.name] = fault
        return None if met == 0 and fault.name in self._retold else met

    def _faults_of(self, place: str) -> Any:  # noqa: ANN401 - of whatever such a service knows
        server = self.servers[place]
        if not server.up or server.paused:
            raise HarnessError(f"{place} does not answer at its control port")
        return server.service.faults

    def _strike(self, fault: FaultBase) -> None:
        server = self.servers[fault.target]
        if fault.kind == "pause":
            server.pause()
        elif fault.kind == "kill":
            server.end()
        else:
            server.refuse()
            self.works.loop.after(self.costs.grace_s, self._ended, fault)

    def _ended(self, fault: FaultBase) -> None:
        self.servers[fault.target].end()
        self._start_again(fault)

    def _start_again(self, fault: FaultBase) -> None:
        self.works.loop.after(self.costs.start_s, self._back, fault)

    def _back(self, fault: FaultBase) -> None:
        """Up again; it is told at once what it knew."""
        place = fault.target
        self.servers[place].start_again()
        self._back_s[fault.name] = self._now_s
        self.works.post(ServiceReady(t_s=self._now_s, service=place, pid=0, port=0))
        for over in self._over.values():
            if place in over.places(self.redundancy):
                self._tell(place, over.name, over.parameters())
                self._faults_of(place).remove(over.name)
        for on in self._inside.values():
            if place in on.places(self.redundancy):
                self._retold.add(on.name)
                self._tell(place, on.name, on.parameters())
        if place == DECISION:
            self._desk_is_back()
        if (cleared := self._waiting.pop(place, None)) is not None:
            cleared()

    def _desk_is_back(self) -> None:
        for fault in (*self._over.values(), *self._inside.values()):
            self._at_desk(fault, on=True)
        for over in self._over.values():
            self._at_desk(over, on=False)


def _words(fault: Fault) -> dict[str, Any]:
    return {"fault": fault.name, "kind": fault.kind, "target": fault.target}
