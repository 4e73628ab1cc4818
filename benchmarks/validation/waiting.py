"""M/M/c and M/G/1: the mean wait before our queue, beside Erlang's C and the formula of Pollaczek and Khinchine.

The error of a mean wait at 90 % load falls slowly. It is cut by control variates that have the mean 0 whatever the
queue does, as long as a wait depends on the past alone: wait × surplus of the own work and of the gap to the next; and
the number that an unlimited service would hold, which is Poisson, and which the same arrivals and works give.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import poisson as poisson_law
from benchmarks.validation.controlled import Floats, Mean, controlled_mean
from benchmarks.validation.surge import erlang_c
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.credit import Keyed
from mock_services.workers.capacity import Capacity

SETTLING = 3_000
SIGMA = 1.0
QueueOf = Callable[[int], Capacity]


@dataclass(frozen=True)
class Station:
    """A kind of work of mean 1 s, a number of workers and how busy they are."""

    work: str
    workers: int
    busy: float

    @property
    def name(self) -> str:
        """In Kendall's notation."""
        return f"M/{ {'exponential': 'M', 'fixed': 'D', 'lognormal': 'G'}[self.work] }/{self.workers}"

    @property
    def rate_hz(self) -> float:
        """Arrivals a second."""
        return self.workers * self.busy

    def wait_s(self) -> float:
        """The mean wait by formula: Erlang C (exponential work), Pollaczek–Khinchine (one worker)."""
        if self.work == "exponential":
            return erlang_c(self.workers, self.busy) / (self.workers - self.rate_hz)
        square = {"fixed": 1.0, "lognormal": math.exp(SIGMA**2)}[self.work]
        return self.rate_hz * square / (2.0 * (1.0 - self.busy))

    def works(self, rng: np.random.Generator, count: int) -> Floats:
        """How long each is served, in seconds."""
        match self.work:
            case "exponential":
                return rng.exponential(1.0, count)
            case "fixed":
                return np.ones(count)
            case _:
                return rng.lognormal(-(SIGMA**2) / 2, SIGMA, count)


STATIONS = (
    *(Station("exponential", workers, busy) for workers in (1, 4, 16) for busy in (0.5, 0.8, 0.9)),
    *(Station(work, 1, busy) for work in ("fixed", "lognormal") for busy in (0.5, 0.8, 0.9)),
)


def waits(queue: Capacity, arrivals: Floats, works: Floats) -> Floats:
    """How long each waited before our queue let it in, in the order of arrival."""
    loop, waited = VirtualLoop(), np.zeros(len(arrivals))
    arrivals_s, works_s = arrivals.tolist(), works.tolist()

    async def one(number: int) -> None:
        async with queue:
            waited[number] = loop.time() - arrivals_s[number]
            await asyncio.sleep(works_s[number])

    def arrive(number: int) -> None:
        loop.create_task(one(number))
        if number + 1 < len(arrivals_s):
            loop.call_at(arrivals_s[number + 1], arrive, number + 1)

    loop.call_at(arrivals_s[0], arrive, 0)
    loop.run_until(math.inf)
    return waited


def replication(station: Station, count: int, seed: int, queue_of: QueueOf | None = None) -> list[float]:
    """The mean wait of `count` after the settling, and what five control variates came to."""
    rng = np.random.Generator(np.random.Philox(key=Keyed(seed, "station", station.work).bits(station.workers)))
    gaps = rng.exponential(1.0 / station.rate_hz, count + SETTLING)
    works = station.works(rng, count + SETTLING)
    arrivals = np.cumsum(gaps)
    queue = (queue_of or _endless)(station.workers)
    seen = slice(SETTLING, -1)
    waited = waits(queue, arrivals, works)[seen]
    work, gap = works[seen] - 1.0, gaps[SETTLING + 1 :] - 1.0 / station.rate_hz
    unlimited = np.maximum(_held(arrivals, works)[seen] - station.workers, 0.0) - _surplus(station)
    controls = (work, gap, waited * work, waited * gap, unlimited)
    return [float(waited.mean()), *(float(control.mean()) for control in controls)]


def mean_wait(replications: list[list[float]]) -> Mean:
    """The mean wait over replications."""
    table = np.array(replications)
    return controlled_mean(table[:, 0], table[:, 1:])


def _endless(workers: int) -> Capacity:
    return Capacity(workers, 10**9)


def _held(arrivals: Floats, works: Floats) -> Floats:
    """How many an unlimited service would hold when each arrives."""
    gone = np.searchsorted(np.sort(arrivals + works), arrivals, side="right")
    return np.arange(len(arrivals)) - gone.astype(np.float64)


def _surplus(station: Station) -> float:
    """What a Poisson number with the mean of the offered load is above the workers, on average."""
    above = np.arange(station.workers, station.workers + 200)
    return float((above - station.workers) @ poisson_law.pmf(above, station.rate_hz))
