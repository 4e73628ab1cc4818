"""A simulated run: answers a CPU second, truth, policies and record included; events beside SimPy's bare M/M/1.

And many of them: a sweep of 13 points with five seeds each on every core, from the command to the page.

An event is something that the loop was asked to call, once it is due; of SimPy, whatever it took from its queue.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.speed.measure import cost_of
from creditstorm.adapters.cores import cores_allowed
from creditstorm.adapters.simulated import virtual_loop
from creditstorm.engine.plan import make_plan
from creditstorm.engine.run import run
from creditstorm.record.folder import RunFolder
from creditstorm.runs.simulate import assembled, simulate
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import load

DEMO = "bureau-outage-at-peak"
CUSTOMERS = 50_000
ROUNDS = 5
POINTS, SEEDS = 13, 5
MILLION = "load.arrivals=[{for: 18000s, rate: 50/s}]"


def main() -> None:
    """Print the speed, the ratio, and how long the demo takes."""
    events = counted()
    rounds = [(cpu_s(demo), *simpy()) for _ in range(ROUNDS)]
    answers = len(simulate(load(catalogue.find(DEMO))).answers)
    ours = [spent / events for spent, _, _ in rounds]
    theirs = [spent / seen for _, spent, seen in rounds]
    speeds = sorted(answers / spent for spent, _, _ in rounds)
    print(f"  {median(speeds):,.0f} answers a CPU second ({speeds[0]:,.0f} to {speeds[-1]:,.0f}; n = {ROUNDS})")
    print(f"  {median(ours) * 1e6:.1f} µs an event ({events / answers:.0f} an answer), all of the lender included")
    ratio = median(ours) / median(theirs)
    print(f"  {median(theirs) * 1e6:.1f} µs an event of a bare M/M/1 in SimPy: ours / SimPy {ratio:.1f}")
    with TemporaryDirectory() as place:
        words = [sys.executable, "-m", "creditstorm", "run", DEMO, "--simulate", "-q", "--out"]
        costs = [cost_of([*words, f"{place}/{number}"]) for number in range(3)]
    if any(cost.exit_code != 1 for cost in costs):
        raise SystemExit(f"the demo is to fail its thresholds, and ended with {costs}")
    took = sorted(cost.wall_s for cost in costs)
    print(f"  {took[1]:.1f} s from the command to the report ({took[0]:.1f} to {took[-1]:.1f}; n = 3)")
    swept()


def swept() -> None:
    """Print how long a sweep of the demo takes, once."""
    with TemporaryDirectory() as place:
        words = [sys.executable, "-m", "creditstorm", "sweep", DEMO, "--vary", f"faults[0].for=5s..29s/{POINTS}"]
        cost = cost_of([*words, "--seeds", str(SEEDS), "--out", f"{place}/job"])
    if cost.exit_code != 0:
        raise SystemExit(f"the sweep is to measure every run, and ended with {cost}")
    runs = f"{POINTS} points × {SEEDS} seeds on {cores_allowed():g} cores"
    print(f"  {cost.wall_s:.0f} s and {cost.cpu_s:.0f} CPU s for a sweep of {runs} (at most 240 s on two)")


def demo() -> object:
    """The demo's run, in memory."""
    return simulate(load(catalogue.find(DEMO)))


def cpu_s(work: Callable[[], object]) -> float:
    """What it took."""
    began = time.process_time()
    work()
    return time.process_time() - began


def counted() -> int:
    """The events of the demo."""
    made = 0
    plain = virtual_loop.DueCall

    class Counted(plain):
        def __init__(self, *words: object) -> None:
            nonlocal made
            made += 1
            super().__init__(*words)  # type: ignore[arg-type]

    virtual_loop.DueCall = Counted  # type: ignore[misc]
    try:
        demo()
    finally:
        virtual_loop.DueCall = plain  # type: ignore[misc]
    return made


def simpy() -> tuple[float, int]:
    """CPU seconds and events of a bare M/M/1 at a utilisation of .8."""
    import simpy as peer  # noqa: PLC0415 - an extra

    rng = random.Random(1)
    seen = 0

    class Counting(peer.Environment):  # type: ignore[misc]
        def step(self) -> None:
            nonlocal seen
            seen += 1
            super().step()

    def customer(world: peer.Environment, desk: peer.Resource) -> object:
        with desk.request() as turn:
            yield turn
            yield world.timeout(rng.expovariate(1.0))

    def arrivals(world: peer.Environment, desk: peer.Resource) -> object:
        for _ in range(CUSTOMERS):
            yield world.timeout(rng.expovariate(0.8))
            world.process(customer(world, desk))

    def whole(kind: type) -> None:
        world = kind()
        world.process(arrivals(world, peer.Resource(world)))
        world.run()

    whole(Counting)
    return cpu_s(lambda: whole(peer.Environment)), seen


def million() -> None:
    """Print the memory of a run of a million answers; seven minutes."""
    with TemporaryDirectory() as place:
        scenario = load(catalogue.find(DEMO), overrides=[MILLION])
        ports = assembled(scenario, RunFolder(Path(place))).ports
        with closing(run(make_plan(scenario.faults, ends_s=scenario.load.duration_s), ports)) as happening:
            for _ in happening:
                pass
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {peak_mb:.0f} MB at most")


if __name__ == "__main__":
    million()
