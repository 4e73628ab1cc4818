"""R3: how long a retrial queue takes from full to empty, by its Markov chain and on our queue.  arXiv 2510.03551.

One worker at 10/s, at most 100 in the service and 20 in orbit, a time-out of 9 s, 3 retries. As in their chain a
time-out is foreseen on arrival, one in orbit stays for 9 s on average, exponentially, and then asks again with
probability 3/4 or leaves; who finds the service full is gone. Unlike theirs the lateness is the Erlang tail itself,
not a bound of it, and an arrival that will be late is one arrival.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import spsolve
from benchmarks.validation.drive import ENDLESS, SOMEBODY, Habits, JudgedCrowd, exponential, lateness, poisson
from creditstorm.demand.load_plan import RateStage, Retap
from creditstorm.demand.sessions import Tap
from mock_services.workers.capacity import Capacity

CAPACITY_HZ, ROOM, PLACES = 10.0, 100, 20
TIMEOUT_S, RETRIES = 9.0, 3
LOADS_HZ = (7.5, 8.0, 8.5, 9.0, 9.5)
_AGAIN = RETRIES / (RETRIES + 1)


def mean_s(load_hz: float) -> float:
    """The mean time from full to empty, from the sparse linear system of the chain's hitting times."""
    late = [*lateness(1, CAPACITY_HZ, TIMEOUT_S), 1.0]
    rows, columns, rates = [], [], []

    def to(state: int, here: int, away: int, rate: float) -> None:
        if rate > 0.0:
            rows.extend((state, state))
            columns.extend((here * (PLACES + 1) + away, state))
            rates.extend((rate, -rate))

    for here in range(ROOM + 1):
        for away in range(PLACES + 1):
            state, slow = here * (PLACES + 1) + away, late[min(here, len(late) - 1)]
            out_hz = away / TIMEOUT_S
            if here > 0:
                to(state, here - 1, away, CAPACITY_HZ)
            to(state, here, away - 1, out_hz * (1.0 - _AGAIN))
            if here == ROOM:
                to(state, here, away - 1, out_hz * _AGAIN)
                continue
            to(state, here + 1, away, load_hz * (1.0 - slow))
            to(state, here + 1, min(away + 1, PLACES), load_hz * slow)
            to(state, here + 1, away - 1, out_hz * _AGAIN * (1.0 - slow))
            to(state, here + 1, away, out_hz * _AGAIN * slow)
    states = (ROOM + 1) * (PLACES + 1)
    generator = csr_matrix((rates, (rows, columns)), shape=(states, states))[1:, 1:]
    return float(spsolve(generator.tocsc(), -np.ones(states - 1))[-1])


@dataclass(frozen=True)
class Emptied:
    """One run: when nobody was left, and how far arrivals and work were from what is expected of them by then.

    Both surpluses are 0 on average whatever the queue does (Wald), which makes them control variates.
    """

    after_s: float
    more_arrivals: float
    more_work_s: float


def emptied(load_hz: float, seed: int) -> Emptied:
    """A service and an orbit that are full at 0, on our queue with our re-taps."""
    retap = Retap(timeout=_AGAIN, error=0.0, think_s=0.0, think_exp_s=TIMEOUT_S, max_attempts=ENDLESS)
    habits = Habits((RateStage(1.0, load_hz, load_hz),), TIMEOUT_S, retap, seed)
    work, done_s, came = exponential(seed, 1.0 / CAPACITY_HZ), list[float](), list[float]()

    def worked(tap: Tap) -> float:
        done_s.append(work(tap))
        return done_s[-1]

    crowd = JudgedCrowd(
        habits,
        Capacity(1, ROOM - 1),
        worked,
        late=lateness(1, CAPACITY_HZ, TIMEOUT_S),
        places=PLACES,
        most_queued=ROOM - 1,
    )
    crowd.put([Tap(0.0, ENDLESS + place, 1, SOMEBODY) for place in range(ROOM)])
    for place in range(PLACES):
        crowd.to_orbit(Tap(0.0, 2 * ENDLESS + place, 1, SOMEBODY))
    crowd.begin(at_s for at_s in poisson(load_hz, seed) if not came.append(at_s))
    crowd.loop.run_until(math.inf, crowd.empty)
    over_s = crowd.empty[0]
    return Emptied(over_s, len(came) - 1 - load_hz * over_s, sum(done_s) - len(done_s) / CAPACITY_HZ)
