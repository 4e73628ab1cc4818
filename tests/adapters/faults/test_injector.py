"""Every family of faults goes to its own injector, a cell to all of its members; what becomes of it is posted."""

from __future__ import annotations

from dataclasses import dataclass, field
from queue import SimpleQueue

import pytest
from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.faults.injector import FaultThreads, Injectors, Verification, last_of
from creditstorm.engine.events import Event, FaultApplied, FaultCleared, FaultEffective, FaultUnverified
from creditstorm.scenario.faults import Errors, Fault, FaultBase, Kill, Latency, PartialDc

WINDOW = {"name": "x", "at_s": 0.0, "for_s": 1.0}


@dataclass
class Recorder:
    """An injector that notes what it was asked; `last_s` is the instant at which it sees the last of its targets."""

    name: str
    done: list[tuple[str, ...]]
    blind_to: str = ""
    seen: dict[str, float] = field(default_factory=dict)

    def apply(self, fault: FaultBase) -> None:
        """Noted."""
        self.done.append((self.name, "apply", fault.kind, fault.target, fault.name))

    def verify_effective(self, fault: FaultBase, timeout_s: float) -> Verification | None:
        """Later for later letters."""
        return None if fault.target == self.blind_to else Verification(float(ord(fault.target[0])), "probe")

    def clear(self, fault: FaultBase) -> None:
        """Noted."""
        self.done.append((self.name, "clear", fault.kind, fault.target, fault.name))

    def verify_cleared(self, fault: FaultBase, timeout_s: float) -> Verification | None:
        """The same."""
        return self.verify_effective(fault, timeout_s)

    def clear_all(self) -> None:
        """Noted."""
        self.done.append((self.name, "clear_all"))


def injectors(done: list[tuple[str, ...]], *, blind_to: str = "") -> Injectors:
    """Three recorders with one note book; bureau and income run twice."""
    network = Recorder("network", done, blind_to)
    return Injectors(network, Recorder("inside", done), Recorder("processes", done), ("bureau", "income"))


def switch_on(hands: Injectors, fault: Fault) -> None:
    """Apply every part of the fault."""
    hands.each(fault, lambda injector, part: injector.apply(part))


def seen_on(hands: Injectors, fault: Fault) -> Verification | None:
    """When the whole fault was met."""
    return last_of(hands.each(fault, lambda injector, part: injector.verify_effective(part, 1.0)))


def test_each_family_has_its_injector() -> None:
    """Network, inside, process."""
    done: list[tuple[str, ...]] = []
    faults: tuple[Fault, ...] = (
        Latency(target="bureau", latency_s=0.1, **WINDOW),
        Errors(target="bureau", **WINDOW),
        Kill(target="bureau", **WINDOW),
    )
    for fault in faults:
        switch_on(injectors(done), fault)
        injectors(done).each(fault, lambda injector, part: injector.clear(part))
    assert [line[:2] for line in done] == [
        (family, verb) for family in ("network", "inside", "processes") for verb in ("apply", "clear")
    ]


def test_a_cell_is_its_members() -> None:
    """Cell b is the second replicas; each loss has a name of its own that no scenario can give."""
    done: list[tuple[str, ...]] = []
    switch_on(injectors(done), PartialDc(how="blackhole", **WINDOW))
    assert sorted(done) == [
        ("network", "apply", "blackhole", "bureau-b", "x@bureau-b"),
        ("network", "apply", "blackhole", "income-b", "x@income-b"),
    ]


def test_cell_a_is_one_of_everything() -> None:
    """Without cell a only the second replicas are left."""
    done: list[tuple[str, ...]] = []
    switch_on(injectors(done), PartialDc(target="cell-a", **WINDOW))
    assert {line[3] for line in done} == {
        "identity", "repayment", "consumption", "bureau", "income", "social", "scoring",
    }  # fmt: skip
    assert {line[2] for line in done} == {"down"}


def test_a_cell_is_lost_with_its_last_member() -> None:
    """The instant is that of the last one, and all of them count."""
    seen = seen_on(injectors([]), PartialDc(**WINDOW))
    assert seen == Verification(float(ord("i")), "probe (2 of 2 members)")


def test_a_cell_with_one_member_left_is_not_lost() -> None:
    """One that was not seen to be cut off spoils it."""
    assert seen_on(injectors([], blind_to="income-b"), PartialDc(**WINDOW)) is None


def test_processes_go_on_before_anybody_is_told_anything() -> None:
    """A service that stands still would not answer its control port."""
    done: list[tuple[str, ...]] = []
    injectors(done).clear_all()
    assert [line[0] for line in done] == ["processes", "inside", "network"]


PATIENCE_S = 10.0
ERRORS = Errors(target="bureau", share=0.5, **WINDOW)


@dataclass
class Counting:
    """An injector that does nothing, and counts as told."""

    met: int | None

    def apply(self, fault: FaultBase) -> None:
        """On at once."""

    def verify_effective(self, fault: FaultBase, timeout_s: float) -> Verification | None:
        """Met at once."""
        return Verification(1.0, "receipt")

    def clear(self, fault: FaultBase) -> None:
        """Off at once."""

    def verify_cleared(self, fault: FaultBase, timeout_s: float) -> Verification | None:
        """Gone at once."""
        return Verification(2.0, "read-back", self.met)

    def clear_all(self) -> None:
        """Nothing is left."""


@pytest.mark.parametrize("met", [None, 0, 7])
def test_the_count_of_a_fault_is_in_its_last_event(met: int | None) -> None:
    """As the injector has it, unknown included."""
    posted: SimpleQueue[Event] = SimpleQueue()
    hand, clock = Counting(met), RunClock()
    hands = Injectors(hand, hand, hand)
    clock.start(0.0)
    threads = FaultThreads({"x": ERRORS}, lambda: hands, clock, posted.put)
    threads.begin("x")
    threads.end("x")
    events = [posted.get(timeout=PATIENCE_S) for _ in range(3)]
    threads.clear_all()
    assert [type(event) for event in events] == [FaultApplied, FaultEffective, FaultCleared]
    words = {"fault": "x", "kind": "errors", "target": "bureau"}
    assert events[-1] == FaultCleared(t_s=2.0, **words, verified_by="read-back", met=met)


def test_what_nobody_foresaw_is_told_and_the_fault_is_taken_off() -> None:
    """Not kept by the thread that it happened in: the engine would wait for it in vain."""
    done: list[tuple[str, ...]] = []
    hands = injectors(done)

    class Broken(Recorder):
        def apply(self, fault: FaultBase) -> None:
            raise ZeroDivisionError("odd")

    fault = Latency.model_validate({"kind": "latency", "target": "social", "latency_s": 0.1, **WINDOW})
    posted: SimpleQueue[Event] = SimpleQueue()
    hands = Injectors(Broken("network", done), hands.inside, hands.processes)
    threads = FaultThreads({"x": fault}, lambda: hands, RunClock(), posted.put)
    threads.begin("x")
    threads.end("x")
    told, cleared = posted.get(timeout=5.0), posted.get(timeout=5.0)
    threads.clear_all()
    assert isinstance(told, FaultUnverified)
    assert told.reason == "ZeroDivisionError: odd"
    assert isinstance(cleared, FaultCleared)
