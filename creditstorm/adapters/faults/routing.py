"""Every family of faults to the injector that knows it; a lost cell is faults of the network on all it has."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from creditstorm.adapters.faults.injector import Injector, Verification
from creditstorm.scenario.faults import Blackhole, Down, Fault, InsideFault, NetworkFault, PartialDc, ProcessFault

T = TypeVar("T")


@dataclass(frozen=True)
class CellInjector:
    """A cell is lost once its last member is, and back once its last member is."""

    network: Injector[NetworkFault]
    redundancy: tuple[str, ...]

    def apply(self, fault: PartialDc) -> None:
        """Cut off every member."""
        self._each(fault, self.network.apply)

    def verify_effective(self, fault: PartialDc, timeout_s: float) -> Verification | None:
        """When the last member was seen to be cut off."""
        return _all(self._each(fault, lambda member: self.network.verify_effective(member, timeout_s)))

    def clear(self, fault: PartialDc) -> None:
        """Bring every member back."""
        self._each(fault, self.network.clear)

    def verify_cleared(self, fault: PartialDc, timeout_s: float) -> Verification | None:
        """When the last member was seen to be back."""
        return _all(self._each(fault, lambda member: self.network.verify_cleared(member, timeout_s)))

    def clear_all(self) -> None:
        """Nothing: what may be on is known to the network's injector."""

    def _each(self, fault: PartialDc, act: Callable[[NetworkFault], T]) -> list[T]:
        members = members_of(fault, self.redundancy)
        with ThreadPoolExecutor(len(members), thread_name_prefix=fault.name) as threads:
            return list(threads.map(act, members))


def members_of(fault: PartialDc, redundancy: tuple[str, ...]) -> list[NetworkFault]:
    """The faults that make up the loss; their names hold a sign that no fault of a scenario can have."""
    kind: type[Blackhole | Down] = Blackhole if fault.how == "blackhole" else Down
    return [
        kind(target=target, at_s=fault.at_s, for_s=fault.for_s).model_copy(update={"name": f"{fault.name}@{target}"})
        for target in fault.members(redundancy)
    ]


def _all(seen: list[Verification | None]) -> Verification | None:
    found = [one for one in seen if one is not None]
    if len(found) < len(seen):
        return None
    last = max(found, key=lambda one: one.at_monotonic)
    return Verification(last.at_monotonic, f"{last.verified_by} ({len(found)} of {len(seen)} members)")


@dataclass(frozen=True)
class Injectors:
    """All hands of one run, as one."""

    network: Injector[NetworkFault]
    inside: Injector[InsideFault]
    processes: Injector[ProcessFault]
    redundancy: tuple[str, ...] = ()

    def apply(self, fault: Fault) -> None:
        """Switch the fault on."""
        self._of(fault).apply(fault)

    def verify_effective(self, fault: Fault, timeout_s: float) -> Verification | None:
        """When the effect was first met, None if that did not happen in time."""
        return self._of(fault).verify_effective(fault, timeout_s)

    def clear(self, fault: Fault) -> None:
        """Switch the fault off."""
        self._of(fault).clear(fault)

    def verify_cleared(self, fault: Fault, timeout_s: float) -> Verification | None:
        """When it was first gone, None if that did not happen in time."""
        return self._of(fault).verify_cleared(fault, timeout_s)

    def clear_all(self) -> None:
        """Take off whatever may be on: processes first, because one that stands still cannot be told anything."""
        for injector in (self.processes, self.inside, self.network):
            injector.clear_all()

    def _of(self, fault: Fault) -> Injector[Any]:
        if isinstance(fault, PartialDc):
            return CellInjector(self.network, self.redundancy)
        if isinstance(fault, InsideFault):
            return self.inside
        return self.processes if isinstance(fault, ProcessFault) else self.network
