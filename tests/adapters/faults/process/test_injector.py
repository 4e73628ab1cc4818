"""Faults of processes: the effect, how it is seen, how it is made good."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from creditstorm.adapters.faults.injector import FaultLostError
from creditstorm.adapters.faults.process.effects import PROCESS_EFFECTS
from creditstorm.adapters.faults.process.injector import ProcessInjector
from creditstorm.adapters.probing.probe import Ask, Outcome, ProbeResult
from creditstorm.adapters.toxiproxy.proxies import ProxyAddress
from creditstorm.errors import HarnessError
from creditstorm.scenario.faults import Fault, Kill, Pause, ProcessFault, Restart
from tests.adapters.fake_time import FakeTime

WINDOW = {"name": "x", "at_s": 0.0, "for_s": 1.0}


@dataclass
class FakeProcess:
    """A process that obeys; with `stubborn` signals do nothing to it. `done` is what was done to it."""

    stubborn: bool = False
    is_stopped: bool = False
    has_ended: bool = False
    done: list[str] = field(default_factory=list)

    def signal(self, service: str, number: int) -> None:
        """As the kernel does."""
        self.done.append(signal.Signals(number).name)
        if not self.stubborn:
            self.is_stopped = number == signal.SIGSTOP
            self.has_ended = number in (signal.SIGKILL, signal.SIGTERM)

    def expect_exit(self, service: str) -> None:
        """Noted."""
        self.done.append("expected")

    def ended(self, service: str) -> bool:
        """The table of processes."""
        return self.has_ended

    def await_exit(self, service: str) -> None:
        """It is over or it never will be."""
        if not self.has_ended:
            raise HarnessError("did not end")

    def stopped(self, service: str) -> bool:
        """The table of processes."""
        return self.is_stopped

    def start_again(self, service: str) -> None:
        """It runs."""
        self.done.append("started")
        self.has_ended = False

    def seen(self, _host: str, _port: int, ask: Ask) -> ProbeResult:
        """What a probe through the proxy meets."""
        outcome: Outcome = "unfinished" if self.is_stopped else "closed" if self.has_ended else "answered"
        return ProbeResult(began_at=0.0, outcome=outcome, answer_s=0.002)


def injector_of(process: FakeProcess, *, disturbed: Callable[[str], bool] = lambda _target: False) -> ProcessInjector:
    """An injector with a control on this process, on a clock of its own."""
    time = FakeTime()
    return ProcessInjector(
        control=process,
        addresses={"bureau": ProxyAddress("bureau", "bureau", "127.0.0.1", 1, "")},
        disturbed=disturbed,
        probe=process.seen,
        clock=time.clock,
        pause=time.pause,
    )


def storm_and_calm(injector: ProcessInjector, fault: ProcessFault) -> tuple[str, str]:
    """Apply, verify, clear, verify; by what each was verified."""
    injector.apply(fault)
    effective = injector.verify_effective(fault, 1.0)
    injector.clear(fault)
    cleared = injector.verify_cleared(fault, 1.0)
    assert effective is not None
    assert cleared is not None
    return effective.verified_by, cleared.verified_by


def test_kill() -> None:
    """SIGKILL, expected; started again at the end."""
    process = FakeProcess()
    met, clean = storm_and_calm(injector_of(process), Kill(target="bureau", **WINDOW))
    assert process.done == ["expected", "SIGKILL", "started"]
    assert (met, clean) == ("probe: connection closed after 2 ms", "probe: answered in 2 ms")


def test_pause() -> None:
    """SIGSTOP and SIGCONT; nobody is expected to end."""
    process = FakeProcess()
    met, clean = storm_and_calm(injector_of(process), Pause(target="bureau", **WINDOW))
    assert process.done == ["SIGSTOP", "SIGCONT"]
    assert met == "probe: no answer in 2 ms from a process that stands still"
    assert clean == "probe: answered in 2 ms"


def test_restart_comes_back_before_its_end() -> None:
    """SIGTERM and a new process at once; at the end nothing is left to do."""
    process = FakeProcess()
    injector, fault = injector_of(process), Restart(target="bureau", **WINDOW)
    injector.apply(fault)
    injector.verify_effective(fault, 1.0)
    assert process.done == ["expected", "SIGTERM", "started"]
    injector.clear(fault)
    assert injector.verify_cleared(fault, 1.0) is not None
    assert process.done == ["expected", "SIGTERM", "started"]


@pytest.mark.parametrize("kind", [Kill, Pause, Restart])
def test_a_blow_that_does_nothing_is_not_effective(kind: type[ProcessFault]) -> None:
    """A process that goes on answering was not met by anything."""
    injector, fault = injector_of(FakeProcess(stubborn=True)), kind(target="bureau", **WINDOW)  # type: ignore[call-arg]
    injector.apply(fault)
    assert injector.verify_effective(fault, 1.0) is None


def test_silence_of_a_running_process_is_no_pause() -> None:
    """Silence has many causes: the kernel has to say that the process is stopped."""
    process = FakeProcess(stubborn=True)
    injector, fault = injector_of(process), Pause(target="bureau", **WINDOW)
    injector.probe = lambda _host, _port, _ask: ProbeResult(began_at=0.0, outcome="unfinished")
    injector.apply(fault)
    assert injector.verify_effective(fault, 1.0) is None


@pytest.mark.parametrize("kind", [Kill, Pause])
def test_another_fault_on_the_path_leaves_the_table_of_processes(kind: type[ProcessFault]) -> None:
    """Where probes cannot tell, the table of processes can."""
    injector = injector_of(FakeProcess(), disturbed=lambda _target: True)
    met, clean = storm_and_calm(injector, kind(target="bureau", **WINDOW))  # type: ignore[call-arg]
    assert met == "read-back: the table of processes shows it"
    assert clean == "read-back: the process runs"


def test_a_process_that_stays_dead_is_not_cleared() -> None:
    """A fault is over when somebody answers again, not when it was asked for."""
    process = FakeProcess()
    injector, fault = injector_of(process), Kill(target="bureau", **WINDOW)
    injector.apply(fault)
    injector.verify_effective(fault, 1.0)
    assert injector.verify_cleared(fault, 1.0) is None


def test_a_fault_touches_its_target_until_it_is_verified_clear() -> None:
    """Others are told that probes cannot tell meanwhile."""
    injector, fault = injector_of(FakeProcess()), Pause(target="bureau", **WINDOW)
    assert not injector.touches("bureau")
    injector.apply(fault)
    assert injector.touches("bureau")
    injector.clear(fault)
    injector.verify_cleared(fault, 1.0)
    assert not injector.touches("bureau")


def test_clear_all_leaves_nothing_standing_still() -> None:
    """What is stopped goes on; what was killed is not started again just to be stopped."""
    paused, killed = FakeProcess(), FakeProcess()
    for process, kind in ((paused, Pause), (killed, Kill)):
        injector = injector_of(process)
        injector.apply(kind(target="bureau", **WINDOW))
        injector.clear_all()
        injector.clear_all()
    assert paused.done == ["SIGSTOP", "SIGCONT"]
    assert killed.done == ["expected", "SIGKILL"]


def test_every_kind_has_its_blow() -> None:
    """A fault of processes in the language has its class here."""
    kinds = Fault.__args__[0].__args__  # type: ignore[attr-defined]
    assert set(PROCESS_EFFECTS) == {
        kind.model_fields["kind"].default for kind in kinds if issubclass(kind, ProcessFault)
    }


@pytest.mark.parametrize("kind", [Kill, Pause])
def test_what_somebody_else_made_good_was_not_on_to_its_end(kind: type[ProcessFault]) -> None:
    """Half a pause must not pass for a whole one; a restart comes back by itself, and that is what it is."""
    process = FakeProcess()
    injector, fault = injector_of(process), kind(target="bureau", **WINDOW)  # type: ignore[call-arg]
    injector.apply(fault)
    assert injector.verify_effective(fault, 1.0) is not None
    process.is_stopped = process.has_ended = False
    with pytest.raises(FaultLostError, match="somebody else made it good"):
        injector.clear(fault)
