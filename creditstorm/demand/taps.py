"""First taps: who comes when, the same for any number of workers, and what part of it one worker intends.

Instants of the open model are a non-homogeneous Poisson process, by inversion: the points of a unit-rate process go
through the inverse of the cumulative rate Λ(t) = ∫ rate, which is piecewise quadratic for piecewise linear rates.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from creditstorm.credit.keyed import Keyed
from creditstorm.demand.load_plan import LoadPlan, RateStage
from creditstorm.demand.sessions import Crowd, Tap, person

AT_ONCE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Share:
    """The part of worker number `worker` of `workers`; which people come and when does not depend on it."""

    worker: int = 0
    workers: int = 1


class OpenTaps:
    """The first taps of an open model, all worked out before the first is sent, by instant."""

    def __init__(self, plan: LoadPlan, share: Share) -> None:
        whole = schedule(plan.arrivals or (), seed=plan.seed, people=plan.population.size)
        mine = whole.share(share.worker, share.workers)
        self._crowd = Crowd(plan.oracle, mine.applicant, mine.intended_s)
        self._mine = mine

    def __len__(self) -> int:
        return len(self._mine.session)

    def __iter__(self) -> Iterator[Tap]:
        for place in range(len(self)):
            intended_s, session = float(self._mine.intended_s[place]), int(self._mine.session[place])
            yield Tap(intended_s, session, 1, self._crowd.person(place))


class ClosedTaps:
    """The first taps of a closed model: user `u` meets the same people in the same order in every run."""

    def __init__(self, plan: LoadPlan, share: Share) -> None:
        if plan.users is None:
            raise ValueError("the plan has no users")
        self.users = range(share.worker, plan.users.count, share.workers)
        self._plan = plan
        self._count = plan.users.count
        self._think_s = plan.users.think_s
        self._who = Keyed(plan.seed, "who")
        self._pause = Keyed(plan.seed, "pause")

    def tap(self, user: int, iteration: int, now_s: float) -> Tap:
        """The tap of `user`'s next person, intended now."""
        applicant = self._who.bits(user, iteration) % self._plan.population.size
        session = iteration * self._count + user
        return Tap(now_s, session, 1, person(self._plan.oracle, applicant, now_s))

    def first_s(self, user: int) -> float:
        """When a user begins: spread over one think time, so that they do not march in step."""
        return self._think_s * self._pause.uniform(user, 0)

    def pause_s(self, user: int, iteration: int) -> float:
        """The think time before the next person: exponential around the plan's `think_s`."""
        return -self._think_s * math.log(self._pause.uniform(user, iteration + 1))


@dataclass(frozen=True, slots=True)
class Schedule:
    """First attempts by instant: `session` is the position in the whole schedule, whatever the share."""

    intended_s: NDArray[np.float64]
    session: NDArray[np.int64]
    applicant: NDArray[np.uint64]

    def share(self, worker: int, workers: int) -> "Schedule":
        """Every `workers`-th arrival, from the `worker`-th one."""
        mine = slice(worker, None, workers)
        return Schedule(self.intended_s[mine], self.session[mine], self.applicant[mine])


def schedule(stages: Sequence[RateStage], *, seed: int, people: int) -> "Schedule":
    """The arrivals of an open model over `stages`, drawn from `people` applicants."""
    intended_s = instants(stages, seed=seed)
    session = np.arange(len(intended_s), dtype=np.int64)
    return Schedule(intended_s, session, who(session, seed=seed, people=people))


def instants(stages: Sequence[RateStage], *, seed: int) -> NDArray[np.float64]:
    """The sorted instants of the arrivals, in seconds."""
    expected = np.cumsum([0.0, *(stage.for_s * (stage.from_hz + stage.to_hz) / 2 for stage in stages)])
    points = _unit_points(expected[-1], seed)
    for start in range(0, len(points), AT_ONCE):  # in place: what an instant is worked out from is longer than it
        points[start : start + AT_ONCE] = _at_rates(points[start : start + AT_ONCE], expected, stages)
    return points


def _at_rates(
    points: NDArray[np.float64], expected: NDArray[np.float64], stages: Sequence[RateStage]
) -> NDArray[np.float64]:
    """The instants at which as many arrivals are expected; `expected` is how many are before each stage."""
    starts_s = np.cumsum([0.0, *(stage.for_s for stage in stages)])
    # "right" skips stages without arrivals, whose cumulative rate does not grow
    at = np.minimum(np.searchsorted(expected, points, side="right") - 1, len(stages) - 1)
    from_hz = np.array([stage.from_hz for stage in stages])[at]
    slope = np.array([(stage.to_hz - stage.from_hz) / stage.for_s for stage in stages])[at]
    within = points - expected[at]
    root = np.sqrt(np.maximum(0.0, from_hz**2 + 2 * slope * within))
    # the root of from·t + slope·t²/2 = within that stays exact where slope or from is 0
    return np.asarray(starts_s[at] + 2 * within / np.maximum(from_hz + root, np.finfo(float).tiny))


def who(session: NDArray[np.int64], *, seed: int, people: int) -> NDArray[np.uint64]:
    """The applicant of each session, uniform over `people`: Keyed(seed, "who").bits(session) % people."""
    return Keyed(seed, "who").bits_many(session.astype(np.uint64)) % np.uint64(people)


def _unit_points(upto: float, seed: int) -> NDArray[np.float64]:
    """A unit-rate Poisson process on [0, upto): exponential gaps, so that a longer plan begins like a shorter one."""
    random = np.random.Generator(np.random.Philox(key=Keyed(seed, "arrivals").bits()))
    points = np.empty(0)
    while not len(points) or points[-1] < upto:
        so_far = points[-1] if len(points) else 0.0
        ahead = upto - so_far
        gaps = -np.log1p(-random.random(int(ahead + 6 * np.sqrt(ahead)) + 16))
        points = np.concatenate([points, so_far + np.cumsum(gaps)])
    return points[points < upto]
