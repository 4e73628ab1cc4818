"""First taps, as one worker intends them: from a schedule (open model) or one person after another (closed)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from creditstorm.credit.keyed import Keyed
from creditstorm.demand.arrivals import schedule
from creditstorm.demand.people import Crowd, person
from creditstorm.demand.plan import LoadPlan
from creditstorm.demand.sessions import Tap


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
