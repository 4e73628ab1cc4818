"""R1: does a surge of a minute bring a service down for good?  arXiv 2309.16181, its 18 labelled experiments.

Their system is a replicated database behind clients that give a batch up after a second and send it again; their model
of it an M/M/1 queue with an orbit from which each retries at 1/s. Here: one exponential worker, a time-out of 1 s, and
who timed out asks again at once, for ever, which is a try a second. What was sent keeps its place in the queue.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.validation.drive import ENDLESS, Crowd, Law, exponential
from creditstorm.demand.load_plan import RateStage, Retap
from mock_services.workers.capacity import Capacity

CALM_S, SURGE_S, AFTER_S = 20.0, 60.0, 120.0
TIMEOUT_S = 1.0
AGAIN_AT_ONCE = Retap(timeout=1.0, error=1.0, think_s=0.0, think_exp_s=0.0, max_attempts=ENDLESS)


@dataclass(frozen=True)
class Surge:
    """One published experiment: capacity, base load and the load of a minute, a second; and whether it came back."""

    capacity_hz: float
    base_hz: float
    surge_hz: float
    came_back: bool = True


def _rows(capacity_hz: float, base_hz: float, back: tuple[float, ...], down: tuple[float, ...]) -> tuple[Surge, ...]:
    return (
        *(Surge(capacity_hz, base_hz, surge_hz) for surge_hz in back),
        *(Surge(capacity_hz, base_hz, surge_hz, came_back=False) for surge_hz in down),
    )


PUBLISHED = (
    *_rows(40.0, 30.0, (31.25, 32.26, 33.33, 34.48), (35.71, 37.04)),
    *_rows(27.0, 15.0, (21.28, 21.74, 22.22), (22.73, 23.26, 23.81)),
    *_rows(17.0, 8.0, (10.99, 11.49, 12.05, 12.66), (13.33, 14.08)),
)


def comes_back(surge: Surge, seed: int) -> bool:
    """Whether nobody who timed out is left unserved at an instant within `AFTER_S` after the surge.

    A run is over where no luck turns it any more: those in orbit alone ask for twice the capacity, and the queue is
    five time-outs long, so that nobody is served in time while it grows.
    """
    base, over_s = surge.base_hz, CALM_S + SURGE_S
    stages = (RateStage(CALM_S, base, base), RateStage(SURGE_S, surge.surge_hz, surge.surge_hz), RateStage(AFTER_S, base, base))
    law = Law(stages, TIMEOUT_S, AGAIN_AT_ONCE, seed)
    crowd = Crowd(law, Capacity(1, ENDLESS), exponential(seed, 1.0 / surge.capacity_hz))
    crowd.begin(law.first_taps())
    for t_s in range(int(over_s + AFTER_S) * 4):
        crowd.loop.run_until(t_s / 4)
        if t_s / 4 > over_s and crowd.orbit == 0:
            return True
        if crowd.orbit >= 2 * surge.capacity_hz and crowd.capacity.queue >= 5 * TIMEOUT_S * surge.capacity_hz:
            return False
    return False
