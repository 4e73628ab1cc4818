"""What becomes of a fault is posted as events."""

from __future__ import annotations

from dataclasses import dataclass
from queue import SimpleQueue

import pytest

from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.faults.injector import Verification
from creditstorm.adapters.faults.threads import FaultThreads
from creditstorm.engine.events import Event, FaultApplied, FaultCleared, FaultEffective
from creditstorm.scenario.faults import Errors, Fault

PATIENCE_S = 10.0
ERRORS = Errors(target="bureau", share=0.5, name="x", at_s=0.0, for_s=1.0)


@dataclass
class Counting:
    """A hand that does nothing, and counts as told."""

    met: int | None

    def apply(self, fault: Fault) -> None:
        """On at once."""

    def verify_effective(self, fault: Fault, timeout_s: float) -> Verification | None:
        """ProbeResult at once."""
        return Verification(1.0, "receipt")

    def clear(self, fault: Fault) -> None:
        """Off at once."""

    def verify_cleared(self, fault: Fault, timeout_s: float) -> Verification | None:
        """Gone at once."""
        return Verification(2.0, "read-back", self.met)

    def clear_all(self) -> None:
        """Nothing is left."""


@pytest.mark.parametrize("met", [None, 0, 7])
def test_the_count_of_a_fault_is_in_its_last_event(met: int | None) -> None:
    """As the injector has it, unknown included."""
    posted: SimpleQueue[Event] = SimpleQueue()
    hand, clock = Counting(met), RunClock()
    clock.start(0.0)
    threads = FaultThreads({"x": ERRORS}, lambda: hand, clock, posted.put)
    threads.begin("x")
    threads.end("x")
    events = [posted.get(timeout=PATIENCE_S) for _ in range(3)]
    threads.clear_all()
    assert [type(event) for event in events] == [FaultApplied, FaultEffective, FaultCleared]
    words = {"fault": "x", "kind": "errors", "target": "bureau"}
    assert events[-1] == FaultCleared(t_s=2.0, **words, verified_by="read-back", met=met)
