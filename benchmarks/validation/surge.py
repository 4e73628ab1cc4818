"""R1: does a surge of a minute bring a service down for good?  arXiv 2309.16181, its 18 labelled experiments.

Their system is a replicated database; their model of it a queue with an orbit: a request whose time-out of 1 s will
pass, foreseen on arrival, is in orbit from then on, and each in orbit asks again at rate 1/s until served in time. So
it is here. Their model has one worker, which makes calm requests quicker than those they measured; here are as many as
make calm at least as slow as their record (`CALM_S`, read from their data). What else one could take is shown beside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Final

from benchmarks.validation.drive import ENDLESS, Crowd, Habits, JudgedCrowd, exponential, lateness
from creditstorm.demand.load_plan import RateStage, Retap
from mock_services.workers.capacity import Capacity

SETTLE_S, SURGE_S, AFTER_S = 20.0, 60.0, 120.0
TIMEOUT_S = 1.0
CALM_S: Final[Mapping[float, float]] = {40.0: 0.155, 27.0: 0.15, 17.0: 0.19}
"""The mean latency before the surge in their record, by the capacity."""


class As(StrEnum):
    """How people and service are taken."""

    PUBLISHED = "foreseen, workers by their calm latency"
    ONE_WORKER = "foreseen, one worker"
    LIVE = "time-outs that pass, workers by their calm latency"


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


def workers(surge: Surge) -> int:
    """The fewest whose M/M/c is in calm at least as slow as the published system was."""
    return next(c for c in count(1) if _calm_s(c, surge.capacity_hz, surge.base_hz) >= CALM_S[surge.capacity_hz])


def comes_back(
    surge: Surge, seed: int, how: As = As.PUBLISHED, *, after_s: float = AFTER_S, to_the_end: bool = False
) -> bool:
    """Whether nobody is in orbit at an instant within `after_s` after the surge.

    A run is over where no luck turns it any more: those in orbit alone ask for twice the capacity, and the queue is
    five time-outs long, so that nobody is served in time while it grows; `to_the_end` goes on nevertheless.
    """
    crowd, over_s = crowd_of(surge, seed, how), SETTLE_S + SURGE_S
    for quarter in range(int(over_s + after_s) * 4):
        crowd.loop.run_until(quarter / 4)
        if quarter / 4 > over_s and crowd.orbit == 0:
            return True
        hopeless = crowd.orbit >= 2 * surge.capacity_hz and crowd.capacity.queue >= 5 * TIMEOUT_S * surge.capacity_hz
        if hopeless and not to_the_end:
            return False
    return False


def crowd_of(surge: Surge, seed: int, how: As, likely: float = 1.0) -> Crowd:
    """The people of an experiment, of whom so many ask again after a time-out, before its first second."""
    base, most = surge.base_hz, surge.surge_hz
    stages = (RateStage(SETTLE_S, base, base), RateStage(SURGE_S, most, most), RateStage(AFTER_S, base, base))
    servers = 1 if how is As.ONE_WORKER else workers(surge)
    pause_s = 0.0 if how is As.LIVE else 1.0
    again = Retap(timeout=likely, error=likely, think_s=0.0, think_exp_s=pause_s, max_attempts=ENDLESS)
    habits = Habits(stages, TIMEOUT_S, again, seed)
    line = (habits, Capacity(servers, ENDLESS), exponential(seed, servers / surge.capacity_hz))
    late = lateness(servers, surge.capacity_hz, TIMEOUT_S)
    crowd = Crowd(*line) if how is As.LIVE else JudgedCrowd(*line, late=late)
    crowd.begin(habits.first_taps())
    return crowd


def _calm_s(servers: int, capacity_hz: float, load_hz: float) -> float:
    return servers / capacity_hz + erlang_c(servers, load_hz / capacity_hz) / (capacity_hz - load_hz)


def erlang_c(servers: int, busy: float) -> float:
    """The chance to wait in M/M/c at this utilisation (Erlang 1917)."""
    offered = servers * busy
    free = sum(offered**k / math.factorial(k) for k in range(servers))
    full = offered**servers / math.factorial(servers) / (1.0 - busy)
    return full / (free + full)
