"""Faults inside services: told, met, over, and told again to a service that was started again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from creditstorm.adapters.faults.inside.injector import ControlClient, ControlError, InsideInjector
from creditstorm.adapters.faults.inside.probes import Call, Probes
from creditstorm.adapters.probing.loopback import is_free
from creditstorm.adapters.toxiproxy.proxies import ProxyAddress
from creditstorm.credit.applicants import Population
from creditstorm.scenario.faults import (
    CapacityFault,
    ConsentRevokedFault,
    Errors,
    InsideFault,
    ProfileUpdateFault,
    StrategyChangeFault,
)
from tests.adapters.fake_time import FakeTime
from tests.adapters.faults.inside.fake_control import TOKEN, FakeControl, fake_control

WINDOW = {"name": "x", "at_s": 0.0, "for_s": 1.0}
ERRORS = Errors(target="bureau", share=0.5, **WINDOW)


@dataclass
class Tries(Probes):
    """Probes that meet the fault from the `meets`-th on."""

    control: FakeControl | None = None
    meets: int = 1

    def send(self, call: Call) -> None:
        """Nothing goes out; the service counts it where the fault meets it."""
        self.sent += 1
        if self.control is not None and self.sent >= self.meets:
            self.control.met["x"] = self.control.met.get("x", 0) + 1


@dataclass
class Bench:
    """An injector over two fake processes, bureau and bureau-b, on a clock of its own."""

    first: FakeControl
    second: FakeControl
    time: FakeTime = field(default_factory=FakeTime)
    noisy: bool = False
    meets: int = 1

    @property
    def injector(self) -> InsideInjector:
        """The same one every time."""
        return self._injector

    def __post_init__(self) -> None:
        controls = {"bureau": self.first, "bureau-b": self.second, "decision": self.first}
        self._injector = InsideInjector(
            control=lambda process: ControlClient(process, controls[process].port, TOKEN),
            addresses={name: ProxyAddress(name, name, "127.0.0.1", 1, "") for name in controls},
            people=Population(11, 1000, 0.2, 0.25),
            redundancy=("bureau",),
            disturbed=lambda _target: self.noisy,
            probes=lambda address: Tries(address, control=self.first, meets=self.meets),
            clock=self.time.clock,
            pause=self.time.pause,
        )


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Two control ports and an injector over them."""
    with contextlib.ExitStack() as controls:
        yield Bench(controls.enter_context(fake_control()), controls.enter_context(fake_control()))


def test_the_service_is_told_the_parameters(bench: Bench) -> None:
    """SI floats under the names of the fields, and nothing of the plan."""
    bench.injector.apply(ERRORS)
    assert bench.first.on == {"x": {"kind": "errors", "share": 0.5, "status": 503, "quota_hz": None}}
    assert bench.second.on == {}


def test_a_strategy_is_told_as_a_cut_off(bench: Bench) -> None:
    """The service does not know by how much it shifts, nor whether somebody wants it."""
    bench.injector.apply(StrategyChangeFault(cut_shift=20.0, share=0.5, **WINDOW))
    told = {"kind": "strategy_change", "version": "v2", "cut_off": 579.3, "pdo": 20.0, "share": 0.5, "mixed": False}
    assert bench.first.on == {"x": told}


def test_reviewers_are_told_what_changes_about_people() -> None:
    """Of which source it is, and that it is over; one who was not there is told both on coming back."""
    fault = ProfileUpdateFault(target="income", factor=0.4, share=0.5, **WINDOW)
    with fake_control() as source, fake_control() as lender:
        controls = {"income": source, "decision": lender}
        injector = InsideInjector(
            control=lambda process: ControlClient(process, controls[process].port, TOKEN),
            addresses={},
            people=Population(11, 1000, 0.2, 0.25),
            desk=True,
        )
        told = {"kind": "profile_update", "share": 0.5, "factor": 0.4}
        injector.apply(fault)
        assert (source.on, lender.on) == ({"x": told}, {"x": {**told, "source": "income"}})
        lender.on.clear()
        injector.repeat("decision")
        assert lender.on == {"x": {**told, "source": "income"}}
        injector.clear(fault)
        assert (source.on, lender.on) == ({}, {})
        injector.desk = False
        injector.apply(fault)
        assert lender.on == {}


def test_the_first_receipt_verifies(bench: Bench) -> None:
    """A probe that the service says met the fault is enough; the instant is before the probe went out."""
    bench.injector.apply(ERRORS)
    began_at = bench.time.now
    seen = bench.injector.verify_effective(ERRORS, 3.0)
    assert seen is not None
    assert (seen.at_monotonic, seen.verified_by) == (
        began_at,
        "receipt: 1 request met it within 0 ms (1 probe sent)",
    )


def test_probes_go_on_until_one_meets_it(bench: Bench) -> None:
    """A probe that misses is followed by another one."""
    bench.meets = 3
    bench.injector.apply(ERRORS)
    seen = bench.injector.verify_effective(ERRORS, 3.0)
    assert seen is not None
    assert seen.verified_by.endswith("(3 probes sent)")


def test_a_fault_that_nobody_meets_is_not_effective(bench: Bench) -> None:
    """Few probes are sent, however long it takes, and then there is no verification."""
    bench.meets = 1000
    bench.injector.apply(ERRORS)
    assert bench.injector.verify_effective(ERRORS, 3.0) is None
    assert bench.time.now >= 103.0


@pytest.mark.parametrize(
    "fault",
    [CapacityFault(target="bureau", factor=0.1, **WINDOW), Errors(target="bureau", quota_hz=5.0, **WINDOW)],
    ids=lambda fault: fault.kind,
)
def test_what_no_probe_can_meet_is_read_back(bench: Bench, fault: InsideFault) -> None:
    """Only the load shows a lack of workers or a quota: the service's word counts."""
    bench.injector.apply(fault)
    seen = bench.injector.verify_effective(fault, 3.0)
    assert seen is not None
    assert seen.verified_by == f"read-back: {fault.kind} is on"


def test_another_fault_on_the_path_leaves_the_word_of_the_service(bench: Bench) -> None:
    """Where probes cannot get through, that it is on is read back."""
    bench.noisy = True
    bench.injector.apply(ERRORS)
    seen = bench.injector.verify_effective(ERRORS, 3.0)
    assert seen is not None
    assert seen.verified_by == "read-back: errors is on"


def test_a_service_that_lists_nothing_verifies_nothing(bench: Bench) -> None:
    """A confirmation that was not kept is no effect."""
    bench.first.lists = False
    fault = CapacityFault(target="bureau", factor=0.1, **WINDOW)
    bench.injector.apply(fault)
    assert bench.injector.verify_effective(fault, 3.0) is None


def test_it_is_over_when_no_process_lists_it(bench: Bench) -> None:
    """Cleared is verified by reading back; while it is listed it is not."""
    bench.injector.apply(ERRORS)
    assert bench.injector.verify_cleared(ERRORS, 1.0) is None
    bench.first.met["x"] = 7
    bench.injector.clear(ERRORS)
    over = bench.injector.verify_cleared(ERRORS, 1.0)
    assert over is not None
    assert (over.verified_by, over.met) == ("read-back: errors is off; 7 requests met it in all", 7)


def test_our_own_probes_are_not_the_load(bench: Bench) -> None:
    """What only probes met, no request met; the words name both."""
    bench.meets = 2
    bench.injector.apply(ERRORS)
    bench.injector.verify_effective(ERRORS, 3.0)
    bench.injector.clear(ERRORS)
    over = bench.injector.verify_cleared(ERRORS, 1.0)
    assert over is not None
    assert (over.verified_by, over.met) == ("read-back: errors is off; 1 request met it in all (2 probes sent)", 0)


def test_a_fault_that_no_probe_can_meet_is_counted_by_the_service(bench: Bench) -> None:
    """Nobody is probed for a lack of workers, so every request that it counts is one of the load."""
    fault = CapacityFault(target="bureau", factor=0.1, **WINDOW)
    bench.injector.apply(fault)
    bench.injector.verify_effective(fault, 3.0)
    bench.injector.clear(fault)
    over = bench.injector.verify_cleared(fault, 1.0)
    assert over is not None
    assert over.met == 0


@pytest.mark.parametrize(("since", "met"), [(0, None), (3, 3)])
def test_a_process_that_was_started_again_has_forgotten_its_count(bench: Bench, since: int, met: int | None) -> None:
    """What it has counted since is known, that nobody met the fault is not."""
    bench.injector.apply(ERRORS)
    bench.injector.repeat("bureau")
    bench.first.met["x"] = since
    bench.injector.clear(ERRORS)
    over = bench.injector.verify_cleared(ERRORS, 1.0)
    assert over is not None
    assert over.met == met


def test_what_is_true_of_people_is_told_to_every_replica(bench: Bench) -> None:
    """Consent is withdrawn from the source, whichever of its processes is asked."""
    fault = ConsentRevokedFault(target="bureau", share=0.2, **WINDOW)
    bench.injector.apply(fault)
    assert bench.first.on == bench.second.on == {"x": {"kind": "consent_revoked", "share": 0.2}}
    bench.injector.clear(fault)
    assert bench.first.on == bench.second.on == {}


def test_a_service_that_was_started_again_is_told_again(bench: Bench) -> None:
    """What is still to be on is put again, and an update that it had heard of is heard again."""
    update = ProfileUpdateFault(target="bureau", factor=2.0, **{**WINDOW, "name": "y"})
    bench.injector.apply(update)
    bench.injector.clear(update)
    bench.injector.apply(ERRORS)
    bench.first.on.clear()
    bench.first.asked.clear()
    bench.injector.repeat("bureau")
    assert bench.first.asked == [("PUT", "y"), ("DELETE", "y"), ("PUT", "x")]


def test_clear_all_takes_off_what_is_on_and_minds_no_dead_service(bench: Bench) -> None:
    """One process gone does not keep the fault on the other one."""
    bench.injector.apply(ConsentRevokedFault(target="bureau", **WINDOW))
    bench.injector.apply(Errors(target="bureau-b", **{**WINDOW, "name": "y"}))
    bench.first.port = next(port for port in range(20_000, 32_000) if is_free(port))
    bench.injector.clear_all()
    assert bench.second.on == {}
    assert [name for verb, name in bench.second.asked if verb == "DELETE"] == ["x", "y"]


def test_a_fault_is_registered_before_it_is_switched_on(bench: Bench) -> None:
    """One of which nobody knows whether it went on is taken off all the same."""
    broken = ERRORS.model_copy(update={"kind": "unknown"})
    with pytest.raises(ControlError, match="422"):
        bench.injector.apply(broken)
    bench.injector.clear_all()
    assert bench.first.asked[-1] == ("DELETE", "x")
