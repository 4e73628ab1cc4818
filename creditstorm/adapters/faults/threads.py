"""Faults beside the engine: each is applied, verified and cleared in a thread, and what comes of it is posted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.faults.injector import Injector
from creditstorm.engine.events import Event, FaultApplied, FaultCleared, FaultEffective, FaultUnverified
from creditstorm.errors import HarnessError
from creditstorm.scenario.faults import Fault

VERIFY_WITHIN_S: Final = 3.0


@dataclass
class FaultThreads:
    """The engine's port to the injector; steps of one fault never overtake each other."""

    planned: Mapping[str, Fault]
    injector: Callable[[], Injector[Fault]]
    clock: RunClock
    post: Callable[[Event], None]
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, thread_name_prefix="fault"))
    _last: dict[str, Future[None]] = field(default_factory=dict)

    def begin(self, name: str) -> None:
        """Apply and verify beside the engine."""
        self._last[name] = self._threads.submit(self._begin, self.planned[name])

    def end(self, name: str) -> None:
        """Clear and verify beside the engine, after what was begun before."""
        self._last[name] = self._threads.submit(self._end, self.planned[name], self._last.get(name))

    def clear_all(self) -> None:
        """Take off every fault that may still be on."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self.injector().clear_all()

    def _begin(self, fault: Fault) -> None:
        words = {"fault": fault.name, "kind": fault.kind, "target": fault.target}
        try:
            self.injector().apply(fault)
            self.post(FaultApplied(t_s=self.clock.now_s(), **words))
            met = self.injector().verify_effective(fault, VERIFY_WITHIN_S)
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
            before.result()
        try:
            self.injector().clear(fault)
            cleared_at = time.monotonic()
            clean = self.injector().verify_cleared(fault, VERIFY_WITHIN_S)
        except HarnessError as error:
            self.post(FaultUnverified(t_s=self.clock.now_s(), **words, reason=str(error)))
            return
        if clean is None:
            reason = f"no probe was clean within {VERIFY_WITHIN_S:g} s after the fault was taken off"
            self.post(FaultUnverified(t_s=self.clock.at_s(cleared_at), **words, reason=reason))
        else:
            at_s = self.clock.at_s(clean.at_monotonic)
            self.post(FaultCleared(t_s=at_s, **words, verified_by=clean.verified_by, met=clean.met))
