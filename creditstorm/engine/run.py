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


@dataclass
class _State:
    steps: deque[Step]
    active: dict[str, PlannedFault] = field(default_factory=dict)
    outstanding: int = 0
    load_over: bool = False
    how: Ending = Ending.COMPLETED
    deadline_s: float = float("inf")


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
        yield from ports.system.start()
        switch_off.callback(ports.faults.clear_all)
        planned = ports.load.prepare()
        ports.load.release()
        yield events.LoadStarted(t_s=0.0, planned=planned, ends_s=plan.ends_s)
        yield from _storm(state, ports)
    yield events.RunEnded(t_s=ports.clock.now_s(), how=state.how)


def _storm(state: _State, ports: RunPorts) -> Iterator[events.Event]:
    while not _over(state, ports.clock.now_s()):
        _take_due_steps(state, ports)
        event = ports.inbox.get(_patience_s(state, ports.clock.now_s()))
        if event is not None:
            yield event
            _react(event, state, ports)


def _over(state: _State, now_s: float) -> bool:
    settled = state.load_over and not state.outstanding
    return settled or state.how is Ending.FAILED or now_s >= state.deadline_s


def _take_due_steps(state: _State, ports: RunPorts) -> None:
    while state.steps and state.steps[0].t_s <= ports.clock.now_s():
        step = state.steps.popleft()
        (_begin if step.begins else _end)(step.fault, state, ports)


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
        case events.ChildDied():
            state.how = Ending.FAILED
        case events.StopRequested() if state.how is Ending.COMPLETED:
            state.how = Ending.INTERRUPTED
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
