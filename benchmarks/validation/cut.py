"""R2: a server whose CPU is cut for seconds, and clients that re-send.  OSDI '22, "Metastable Failures in the Wild".

Their client sends at fixed intervals, gives a try up after 3 s and re-sends it at once, 4 times; the server goes on
with what was given up. A cut by 78 % makes every call that begins meanwhile take 1 / .22 as long, as the fault `slow`
does. Their load is published in requests a second and their capacity is not: `LOAD`, the share of the capacity that is
asked for in calm, is our only free parameter. With .36 and .375 the four
cells come out as well, with .39 they do not (two seeds each).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.validation.drive import ENDLESS, Crowd, Habits, exponential
from creditstorm.demand.load_plan import RateStage, Retap
from mock_services.workers.capacity import Capacity

CAPACITY_HZ = 400.0
LOAD = 0.37
TIMEOUT_S = 3.0
CALM_S, AFTER_S = 4.0, 60.0
RESEND = Retap(timeout=1.0, error=0.0, think_s=0.0, think_exp_s=0.0, max_attempts=5)


@dataclass(frozen=True)
class Cut:
    """One published experiment, and whether it came back."""

    depth: float
    for_s: float
    load: float = 1.0
    came_back: bool = True


PUBLISHED = (
    Cut(0.78, 10.0),
    Cut(0.80, 10.0, came_back=False),
    Cut(0.80, 9.0),
    Cut(0.80, 10.0, load=0.75),
)


def comes_back(cut: Cut, seed: int, share: float = LOAD) -> bool:
    """Whether nobody who timed out is left at an instant within a minute after the cut.

    A run is over where the queue is four time-outs long: until it is down to one, everybody sends five times, which is
    more than the capacity.
    """
    rate_hz = CAPACITY_HZ * share * cut.load
    over_s = CALM_S + cut.for_s
    habits = Habits((RateStage(over_s + AFTER_S, rate_hz, rate_hz),), TIMEOUT_S, RESEND, seed)
    calm = exponential(seed, 1.0 / CAPACITY_HZ)
    crowd = Crowd(habits, Capacity(1, ENDLESS), calm)
    crowd.work = lambda tap: calm(tap) / (1.0 - cut.depth if CALM_S <= crowd.loop.time() < over_s else 1.0)
    crowd.begin([tap / rate_hz for tap in range(math.ceil(rate_hz * (over_s + AFTER_S)))])
    for quarter in range(int(over_s * 4), int((over_s + AFTER_S) * 4)):
        crowd.loop.run_until(quarter / 4)
        if crowd.orbit == 0:
            return True
        if crowd.capacity.queue >= 4 * TIMEOUT_S * CAPACITY_HZ:
            return False
    return False
