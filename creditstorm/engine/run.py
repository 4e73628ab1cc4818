"""One run from the first process to the last: the loop that begins and ends faults while the load goes on."""

from collections import deque
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from creditstorm.engine import events
from creditstorm.engine.plan import Plan, PlannedFault, Step
from creditstorm.engine.ports import RunPorts
from creditstorm.record.manifest import Ending

TICK_S: Final = 0.5
DRAIN_S: Final = 15.0
SETTLE_S: Final = 5.0
STALL_S: Final = 1.0
"""The loop comes round every tick; this much later it was stopped. A busy machine makes it late by tenths."""
ASLEEP_S: Final = 0.1
"""Two clocks that are read one after the other differ by microseconds, a suspended machine by more than this."""


@dataclass
class _State:
    steps: deque[Step]
    active: dict[str, PlannedFault] = field(default_factory=dict)
    outstanding: int = 0
    load_over: bool = False
    how: Ending = Ending.COMPLETED
    deadline_s: float = float("inf")
    seen_s: float = 0.0
    asleep_s: float = 0.0


def run(plan: Plan, ports: RunPorts) -> Generator[events.Event]:
    """Carry out the plan; yields every event as it happens, `RunEnded` last.

    Whatever is switched on has been registered for switching off first, so a consumer that stops reading, an
    exception and an ordinary end leave the same clean machine. How the run ended is in the last event.
    """
    state = _State(deque(plan.steps))
    with ExitStack() as switch_off:
        switch_off.callback(ports.system.stop)
        switch_off.callback(ports.load.stop)
        ports.load.launch()
        yield from _start(state, ports)
        if state.how is Ending.COMPLETED:
            switch_off.callback(ports.faults.clear_all)
            planned = ports.load.prepare()
            yield from _early(state, ports)
        if state.how is Ending.COMPLETED:
            ports.load.release()
            yield events.LoadStarted(t_s=0.0, planned=planned, ends_s=plan.ends_s)
            yield from _storm(state, ports)
    yield events.RunEnded(t_s=ports.clock.now_s(), how=state.how)


def _start(state: _State, ports: RunPorts) -> Iterator[events.Event]:
    """Start the system step by step, until somebody asks to stop."""
    for ready in ports.system.start():
        yield ready
        yield from _early(state, ports)
        if state.how is not Ending.COMPLETED:
            return


def _early(state: _State, ports: RunPorts) -> Iterator[events.Event]:
    """What happened before the load began: there is nothing to drain yet."""
    while (event := ports.inbox.get(0.0)) is not None:
        yield event
        if isinstance(event, events.StopRequested) and state.how is Ending.COMPLETED:
            state.how = Ending.INTERRUPTED
        elif isinstance(event, events.ChildDied | events.PartFailed):
            state.how = Ending.FAILED


def _storm(state: _State, ports: RunPorts) -> Iterator[events.Event]:
    state.seen_s, state.asleep_s = ports.clock.now_s(), ports.clock.asleep_s()
    while not _over(state, ports.clock.now_s()):
        event = ports.inbox.get(_patience_s(state, ports.clock.now_s()))
        yield from _lost_time(state, ports)
        yield from _take_due_steps(state, ports)
        if event is not None:
            yield event
            _react(event, state, ports)
    yield from _last_words(state, ports)


def _last_words(state: _State, ports: RunPorts) -> Iterator[events.Event]:
    """What was told beside the end of the load: a part that went before it spoilt what people were told."""
    while (event := ports.inbox.get(0.0)) is not None:
        yield event
        if isinstance(event, events.ChildDied | events.PartFailed):
            state.how = Ending.FAILED


def _over(state: _State, now_s: float) -> bool:
    settled = state.load_over and not state.outstanding
    return settled or state.how is Ending.FAILED or now_s >= state.deadline_s


def _lost_time(state: _State, ports: RunPorts) -> Iterator[events.Event]:
    """Notice that this process stood still, or the machine was asleep, since the last time round."""
    now_s, asleep_s = ports.clock.now_s(), ports.clock.asleep_s()
    stalled_s, slept_s = now_s - state.seen_s, asleep_s - state.asleep_s
    state.seen_s, state.asleep_s = now_s, asleep_s
    if slept_s > ASLEEP_S:
        yield events.ClockJumped(t_s=now_s, seconds=slept_s)
    if stalled_s > TICK_S + STALL_S:
        yield events.HarnessStalled(t_s=now_s, seconds=stalled_s)


def _take_due_steps(state: _State, ports: RunPorts) -> Iterator[events.Event]:
    while state.steps and state.steps[0].t_s <= (now_s := ports.clock.now_s()):
        step = state.steps.popleft()
        fault, overdue_s = step.fault, now_s - step.t_s
        if not step.begins:
            _end(fault, state, ports)
        elif overdue_s < fault.for_s / 2:
            _begin(fault, state, ports)
        else:
            words = {"fault": fault.name, "kind": fault.kind, "target": fault.target}
            yield events.FaultMissed(t_s=now_s, **words, overdue_s=overdue_s)


def _begin(fault: PlannedFault, state: _State, ports: RunPorts) -> None:
    state.active[fault.name] = fault
    state.outstanding += 1
    ports.faults.begin(fault.name)


def _end(fault: PlannedFault, state: _State, ports: RunPorts) -> None:
    if state.active.pop(fault.name, None) is not None:
        state.outstanding += 1
        ports.faults.end(fault.name)


def _patience_s(state: _State, now_s: float) -> float:
    due_s = state.steps[0].t_s if state.steps else float("inf")
    return max(0.0, min(TICK_S, due_s - now_s, state.deadline_s - now_s))


def _react(event: events.Event, state: _State, ports: RunPorts) -> None:
    match event:
        case events.FaultEffective() | events.FaultCleared() | events.FaultUnverified():
            state.outstanding -= 1
        case events.ChildDied() | events.PartFailed():
            state.how = Ending.FAILED
        case events.StopRequested() if state.how is Ending.COMPLETED:
            state.how = Ending.INTERRUPTED if event.monitor is None else Ending.STOPPED
            _wind_up(state, ports, DRAIN_S)
            ports.load.drain()
        case events.LoadFinished():
            state.load_over = True
            _wind_up(state, ports, SETTLE_S)


def _wind_up(state: _State, ports: RunPorts, at_most_s: float) -> None:
    """Begin nothing more, end what is on, and wait at most so long for it."""
    state.steps.clear()
    state.deadline_s = min(state.deadline_s, ports.clock.now_s() + at_most_s)
    for fault in tuple(state.active.values()):
        _end(fault, state, ports)
