"""Deals blows to processes and makes them good, and sees both through the proxy and in the table of processes."""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from creditstorm.adapters.faults.injector import FaultLostError, Verification
from creditstorm.adapters.faults.process.effects import PROCESS_EFFECTS, ProcessControl, ProcessEffect
from creditstorm.adapters.probing.probe import Ask, ProbeResult, probe
from creditstorm.adapters.toxiproxy.proxies import ProxyAddress
from creditstorm.errors import HarnessError
from creditstorm.scenario.faults import ProcessFault

BETWEEN_S: Final = 0.005
SILENCE_S: Final = 0.15
ANSWER_WITHIN_S: Final = 1.0


@dataclass
class ProcessInjector:
    """The faults of the processes of one run.

    `disturbed` says whether something on the path of a target hides or mimics what a probe could see.
    """

    control: ProcessControl
    addresses: Mapping[str, ProxyAddress]
    disturbed: Callable[[str], bool] = lambda _target: False
    probe: Callable[[str, int, Ask], ProbeResult] = probe
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    _on: dict[str, ProcessFault] = field(default_factory=dict)
    _back: dict[str, Verification | None] = field(default_factory=dict)
    _lasting: set[str] = field(default_factory=set)

    def apply(self, fault: ProcessFault) -> None:
        """Deal the effect."""
        self._on[fault.name] = fault
        self._effect(fault).strike()

    def verify_effective(self, fault: ProcessFault, timeout_s: float) -> Verification | None:
        """The first probe that found nobody while the process was ended, or stopped; then what follows by itself."""
        effect = self._effect(fault)
        met = self._until(timeout_s, lambda: self._met(fault, effect))
        if met is not None and effect.aftermath():
            self._back[fault.name] = self._until(timeout_s, lambda: self._clean(fault, effect))
        elif met is not None:
            self._lasting.add(fault.name)
        return met

    def clear(self, fault: ProcessFault) -> None:
        """Make it good; returns when the process could answer again.

        Raises FaultLostError where it stood still, or was gone, and was not so to the end.
        """
        effect = self._effect(fault)
        lost = fault.name in self._lasting and not effect.on()
        self._lasting.discard(fault.name)
        effect.undo()
        if lost:
            raise FaultLostError("somebody else made it good before its end")

    def verify_cleared(self, fault: ProcessFault, timeout_s: float) -> Verification | None:
        """The first probe that was answered, maybe long ago where it comes back by itself."""
        effect = self._effect(fault)
        back = self._back.pop(fault.name, None) or self._until(timeout_s, lambda: self._clean(fault, effect))
        if back is not None:
            self._on.pop(fault.name, None)
        return back

    def touches(self, target: str) -> bool:
        """Whether a fault may be on there."""
        return any(on.target == target for on in list(self._on.values()))

    def clear_all(self) -> None:
        """Let go on what stands still. What was killed stays dead: the services are about to be stopped anyway."""
        for fault in list(self._on.values()):
            with contextlib.suppress(HarnessError):
                if self._effect(fault).hinders_stop:
                    self.clear(fault)
        self._on.clear()

    def _effect(self, fault: ProcessFault) -> ProcessEffect:
        return PROCESS_EFFECTS[fault.kind](self.control, fault.target)

    def _until(self, timeout_s: float, look: Callable[[], Verification | None]) -> Verification | None:
        deadline = self.clock() + timeout_s
        while self.clock() < deadline:
            if found := look():
                return found
            self.pause(BETWEEN_S)
        return None

    def _met(self, fault: ProcessFault, effect: ProcessEffect) -> Verification | None:
        if self.disturbed(fault.target):
            looked_at = self.clock()
            return Verification(looked_at, "read-back: the table of processes shows it") if effect.on() else None
        seen = self._ask(fault, SILENCE_S)
        met = effect.met(seen) and (effect.by_probe_alone or effect.on())
        return Verification(seen.began_at, f"probe: {_in_words(seen)}") if met else None

    def _clean(self, fault: ProcessFault, effect: ProcessEffect) -> Verification | None:
        looked_at = self.clock()
        if effect.on():
            return None
        if self.disturbed(fault.target):
            return Verification(looked_at, "read-back: the process runs")
        seen = self._ask(fault, ANSWER_WITHIN_S)
        return Verification(seen.began_at, f"probe: {_in_words(seen)}") if seen.outcome == "answered" else None

    def _ask(self, fault: ProcessFault, within_s: float) -> ProbeResult:
        address = self.addresses[fault.target]
        return self.probe(address.host, address.port, Ask(answer_within_s=within_s, dialect=address.dialect))


def _in_words(seen: ProbeResult) -> str:
    ms = seen.answer_s * 1000
    if seen.outcome == "unfinished":
        return f"no answer in {ms:.0f} ms from a process that stands still"
    return f"answered in {ms:.0f} ms" if seen.outcome == "answered" else f"connection {seen.outcome} after {ms:.0f} ms"
