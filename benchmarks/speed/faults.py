"""From the order for a fault to its verified effect, kind by kind, in the world of a real run under a light load.

A turn is what a run does with a fault: apply, verify, clear, verify. The clock runs from the order until the harness
knows that the effect is there, which is later than the mark: that is the instant at which the probe set out.
Every round has one turn of every kind, and every turn a fault with a name, and so a luck, of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from benchmarks.speed.kinds import RATE_HZ, SCENARIO, left_out
from creditstorm.adapters.faults.injector import VERIFY_WITHIN_S, Injector, Verification, last_of
from creditstorm.adapters.system import Assembled, build
from creditstorm.engine.events import ChildDied, LoadFinished
from creditstorm.record.folder import RunFolder
from creditstorm.scenario.faults import Fault, FaultBase
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import load

ROUNDS = 10
WANTED_MS = 250
WARM_UP_S = 3.0
BETWEEN_S = 0.1
NOT_COUNTED = {
    "restart": "the harness says so only when the process is back, and being back is its effect; see its mark"
}


@dataclass(frozen=True)
class Turn:
    """One fault that was ordered, met and taken off: seconds from the order, None where nothing met it in time."""

    kind: str
    known_s: float | None
    mark_s: float | None
    seen_by: str


def main() -> None:
    """Print a line a kind, and what counts."""
    with TemporaryDirectory() as folder, _storming(Path(folder)) as (scenario, assembled):
        turns = [_turn(fault, assembled, n) for n in range(ROUNDS) for fault in scenario.faults]
    for fault in scenario.faults:
        print(f"  {fault.kind:<16} {_in_words([turn for turn in turns if turn.kind == fault.kind])}")
    counted = [turn for turn in turns if turn.kind not in NOT_COUNTED]
    print(f"  {'all that count':<16} {_in_words(counted)}")
    print(f"  {'… and are met':<16} {_in_words([turn for turn in counted if turn.seen_by != 'read-back'])}")
    print(f"  wanted: p95 at most {WANTED_MS} ms, as {RATE_HZ} people a second ask")
    for kind in sorted(left_out()):
        print(f"  not measured: {kind}")
    for kind, why in NOT_COUNTED.items():
        print(f"  not counted: {kind}, because {why}")


@contextmanager
def _storming(folder: Path) -> Iterator[tuple[Scenario, Assembled]]:
    """The world of a run with its load going on, switched off in the engine's order."""
    file = folder / "faults.yaml"
    file.write_text(yaml.safe_dump(SCENARIO))
    scenario = load(file)
    assembled = build(scenario, RunFolder(folder), 1)
    ports = assembled.ports
    with ExitStack() as switch_off:
        switch_off.callback(ports.system.stop)
        switch_off.callback(ports.load.stop)
        ports.load.launch()
        list(ports.system.start())
        switch_off.callback(ports.faults.clear_all)
        ports.load.prepare()
        ports.load.release()
        time.sleep(WARM_UP_S)
        yield scenario, assembled


def _turn(planned: Fault, assembled: Assembled, number: int) -> Turn:
    fault: Fault = planned.model_copy(update={"name": f"{planned.name}-{number}"})
    injectors = assembled.system.injectors
    ordered_at = time.monotonic()
    injectors.each(fault, lambda injector, part: injector.apply(part))
    met = last_of(injectors.each(fault, _verify_effective))
    known_s = time.monotonic() - ordered_at
    injectors.each(fault, lambda injector, part: injector.clear(part))
    if last_of(injectors.each(fault, _verify_cleared)) is None:
        raise SystemExit(f"{fault.kind} was taken off and never seen to be gone")
    time.sleep(BETWEEN_S)
    _still_storming(assembled)
    if met is None:
        return Turn(fault.kind, None, None, "nothing")
    return Turn(fault.kind, known_s, met.at_monotonic - ordered_at, met.verified_by.partition(":")[0])


def _verify_effective(injector: Injector[Any], part: FaultBase) -> Verification | None:
    return injector.verify_effective(part, VERIFY_WITHIN_S)


def _verify_cleared(injector: Injector[Any], part: FaultBase) -> Verification | None:
    return injector.verify_cleared(part, VERIFY_WITHIN_S)


def _still_storming(assembled: Assembled) -> None:
    while event := assembled.inbox.get(0.0):
        if isinstance(event, ChildDied | LoadFinished):
            raise SystemExit(f"the storm was over too soon: {event}")


def _in_words(turns: list[Turn]) -> str:
    known = sorted(turn.known_s * 1000 for turn in turns if turn.known_s is not None)
    if len(known) < 2:
        return f"met {len(known)} of {len(turns)} times"
    p95 = quantiles(known, n=20, method="inclusive")[-1]
    mark = median(turn.mark_s * 1000 for turn in turns if turn.mark_s is not None)
    words = f"median {median(known):4.0f} ms  p95 {p95:4.0f}  max {known[-1]:4.0f}  n {len(known):3}  mark {mark:4.0f}"
    never = f"  {len(turns) - len(known)} never met" if len(known) < len(turns) else ""
    return f"{words}  {'/'.join(sorted({turn.seen_by for turn in turns}))}{never}"
