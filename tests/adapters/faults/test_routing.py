"""Every family of faults goes to its own injector, and a cell to all of its members."""

from __future__ import annotations

from dataclasses import dataclass, field

from creditstorm.adapters.faults.injector import Verification
from creditstorm.adapters.faults.routing import Injectors
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


def test_each_family_has_its_injector() -> None:
    """Network, inside, process."""
    done: list[tuple[str, ...]] = []
    faults: tuple[Fault, ...] = (
        Latency(target="bureau", latency_s=0.1, **WINDOW),
        Errors(target="bureau", **WINDOW),
        Kill(target="bureau", **WINDOW),
    )
    for fault in faults:
        injectors(done).apply(fault)
        injectors(done).clear(fault)
    assert [line[:2] for line in done] == [
        (family, verb) for family in ("network", "inside", "processes") for verb in ("apply", "clear")
    ]


def test_a_cell_is_its_members() -> None:
    """Cell b is the second replicas; each loss has a name of its own that no scenario can give."""
    done: list[tuple[str, ...]] = []
    injectors(done).apply(PartialDc(how="blackhole", **WINDOW))
    assert sorted(done) == [
        ("network", "apply", "blackhole", "bureau-b", "x@bureau-b"),
        ("network", "apply", "blackhole", "income-b", "x@income-b"),
    ]


def test_cell_a_is_one_of_everything() -> None:
    """Without cell a only the second replicas are left."""
    done: list[tuple[str, ...]] = []
    injectors(done).apply(PartialDc(target="cell-a", **WINDOW))
    assert {line[3] for line in done} == {
        "identity", "repayment", "consumption", "bureau", "income", "social", "scoring",
    }  # fmt: skip
    assert {line[2] for line in done} == {"down"}


def test_a_cell_is_lost_with_its_last_member() -> None:
    """The instant is that of the last one, and all of them count."""
    seen = injectors([]).verify_effective(PartialDc(**WINDOW), 1.0)
    assert seen == Verification(float(ord("i")), "probe (2 of 2 members)")


def test_a_cell_with_one_member_left_is_not_lost() -> None:
    """One that was not seen to be cut off spoils it."""
    assert injectors([], blind_to="income-b").verify_effective(PartialDc(**WINDOW), 1.0) is None


def test_processes_go_on_before_anybody_is_told_anything() -> None:
    """A service that stands still would not answer its control port."""
    done: list[tuple[str, ...]] = []
    injectors(done).clear_all()
    assert [line[0] for line in done] == ["processes", "inside", "network"]
