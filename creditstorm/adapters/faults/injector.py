"""What applies faults and sees that they took effect, and the threads in which that happens beside the engine."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.toxiproxy.untouched import Asked
from creditstorm.engine.events import Event, FaultApplied, FaultCleared, FaultEffective, FaultUnverified
from creditstorm.errors import HarnessError
from creditstorm.scenario.faults import Fault, FaultBase, InsideFault, NetworkFault, ProcessFault

VERIFY_WITHIN_S: Final = 3.0
FaultT_contra = TypeVar("FaultT_contra", bound=FaultBase, contravariant=True)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verification:
    """A verified instant on the monotonic clock, and by what it was verified.

    `met` is how many requests met the fault while it was on, our own probes left out; None where nobody counted.
    """

    at_monotonic: float
    verified_by: str
    met: int | None = None


class FaultLostError(HarnessError):
    """A fault was not on to its end: who was asked after that met none of it."""


class Injector(Protocol[FaultT_contra]):
    """The hand on one family of faults. Every method but `clear_all` may raise HarnessError; all are thread-safe."""

    def apply(self, fault: FaultT_contra) -> None:
        """Switch the fault on; it was registered for switching off before."""

    def verify_effective(self, fault: FaultT_contra, timeout_s: float) -> Verification | None:
        """When the effect was first met, None if that did not happen in time."""

    def clear(self, fault: FaultT_contra) -> None:
        """Switch the fault off; one that was never on is fine. FaultLostError where it was on, and is no more."""

    def verify_cleared(self, fault: FaultT_contra, timeout_s: float) -> Verification | None:
        """When it was first gone, None if that did not happen in time."""

    def clear_all(self) -> None:
        """Take off whatever may be on; never raises for what is dead already."""


@dataclass(frozen=True)
class Injectors:
    """The injectors of one run. A lost cell is faults of the network on all it has, and goes and comes with the last.

    `redundancy` are the sources that run twice, `asked` says what the faults make of each proxy now, by target.
    """

    network: Injector[NetworkFault]
    inside: Injector[InsideFault]
    processes: Injector[ProcessFault]
    redundancy: tuple[str, ...] = ()
    asked: Callable[[], Mapping[str, Asked]] = dict

    def each(self, fault: FaultBase, act: Callable[[Injector[Any], FaultBase], T]) -> list[T]:
        """What comes of an act on every part of the fault, by the injector that knows it; all at once."""
        parts = fault.parts(self.redundancy)
        if len(parts) == 1:
            return [act(self.of(part), part) for part in parts]
        with ThreadPoolExecutor(len(parts), thread_name_prefix=fault.name) as threads:
            return list(threads.map(lambda part: act(self.of(part), part), parts))

    def of(self, fault: FaultBase) -> Injector[Any]:
        """The injector that knows faults of this family."""
        if isinstance(fault, InsideFault):
            return self.inside
        return self.processes if isinstance(fault, ProcessFault) else self.network

    def clear_all(self) -> None:
        """Take off whatever may be on: processes first, because one that stands still cannot be told anything."""
        for injector in (self.processes, self.inside, self.network):
            injector.clear_all()


def last_of(results: list[Verification | None]) -> Verification | None:
    """When the last part of a fault was verified, None if one of them was not."""
    found = [one for one in results if one is not None]
    if len(found) < len(results):
        return None
    last = max(found, key=lambda one: one.at_monotonic)
    if len(found) == 1:
        return last
    return Verification(last.at_monotonic, f"{last.verified_by} ({len(found)} of {len(found)} members)")


@dataclass
class FaultThreads:
    """The engine's port to the injectors; steps of one fault never overtake each other."""

    planned: Mapping[str, Fault]
    injectors: Callable[[], Injectors]
    clock: RunClock
    post: Callable[[Event], None]
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, thread_name_prefix="fault"))
    _last: dict[str, Future[None]] = field(default_factory=dict)

    def begin(self, name: str) -> None:
        """Apply and verify beside the engine."""
        self._submit(name, self._begin, self.planned[name])

    def end(self, name: str) -> None:
        """Clear and verify beside the engine, after what was begun before."""
        self._submit(name, self._end, self.planned[name], self._last.get(name))

    def _submit(self, name: str, act: Callable[..., None], *words: object) -> None:
        self._last[name] = self._threads.submit(act, *words)
        self._last[name].add_done_callback(partial(self._tell, self.planned[name]))

    def _tell(self, fault: Fault, done: Future[None]) -> None:
        """What nobody foresaw is told like what we know: a future keeps it to itself."""
        error = None if done.cancelled() else done.exception()
        if error is not None:
            words = {"fault": fault.name, "kind": fault.kind, "target": fault.target}
            reason = f"{type(error).__name__}: {error}"
            self.post(FaultUnverified(t_s=self.clock.now_s(), **words, reason=reason))

    def clear_all(self) -> None:
        """Take off every fault that may still be on."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self.injectors().clear_all()

    def _begin(self, fault: Fault) -> None:
        words = {"fault": fault.name, "kind": fault.kind, "target": fault.target}
        try:
            self.injectors().each(fault, lambda injector, part: injector.apply(part))
            self.post(FaultApplied(t_s=self.clock.now_s(), **words))
            met = last_of(self.injectors().each(fault, _verify_effective))
        except HarnessError as error:
            self.post(FaultUnverified(t_s=self.clock.now_s(), **words, reason=str(error)))
            return
        if met is None:
            reason = f"no probe met the effect within {VERIFY_WITHIN_S:g} s"
            self.post(FaultUnverified(t_s=self.clock.now_s(), **words, reason=reason))
        else:
            at_s = self.clock.at_s(met.at_monotonic)
            self.post(FaultEffective(t_s=at_s, **words, verified_by=met.verified_by))

    def _end(self, fault: Fault, before: Future[None] | None) -> None:
        words = {"fault": fault.name, "kind": fault.kind, "target": fault.target}
        if before is not None:
            wait((before,))
        try:
            self.injectors().each(fault, lambda injector, part: injector.clear(part))
            cleared_at = time.monotonic()
            clean = last_of(self.injectors().each(fault, _verify_cleared))
        except HarnessError as error:
            self.post(FaultUnverified(t_s=self.clock.now_s(), **words, reason=str(error)))
            return
        if clean is None:
            reason = f"no probe was clean within {VERIFY_WITHIN_S:g} s after the fault was taken off"
            self.post(FaultUnverified(t_s=self.clock.at_s(cleared_at), **words, reason=reason))
        else:
            at_s = self.clock.at_s(clean.at_monotonic)
            self.post(FaultCleared(t_s=at_s, **words, verified_by=clean.verified_by, met=clean.met))


def _verify_effective(injector: Injector[Any], part: FaultBase) -> Verification | None:
    return injector.verify_effective(part, VERIFY_WITHIN_S)


def _verify_cleared(injector: Injector[Any], part: FaultBase) -> Verification | None:
    return injector.verify_cleared(part, VERIFY_WITHIN_S)
