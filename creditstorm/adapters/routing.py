"""Every family of faults to the injector that knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from creditstorm.adapters.cells import CellInjector
from creditstorm.adapters.injector import Injector, Verification
from creditstorm.scenario.faults import Fault, InsideFault, NetworkFault, PartialDc, ProcessFault


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
