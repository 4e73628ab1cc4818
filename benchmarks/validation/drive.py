"""People who ask one service, time out and ask again: the lender's queue, our re-taps and the virtual loop.

Nothing of them is written again here: `Capacity` queues and serves, `Impatience` says who asks again and when,
`instants` says when the first taps come, `VirtualLoop` keeps the time.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from scipy.special import gammainc, gammaincc
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.credit import Answer, Keyed
from creditstorm.demand.load_plan import Client, LoadPlan, RateStage, Retap
from creditstorm.demand.retap import Impatience
from creditstorm.demand.sessions import Exchange, ParsedReply, Person, Tap
from creditstorm.demand.taps import instants
from mock_services.workers.capacity import Capacity, QueueFullError

SOMEBODY = Person(0, "consumer", "thick", "eligible", 0, 0.0, "eligible")
"""Who asks is the same to a queue."""
ENDLESS = 10**9
_REPLIES = {answer: ParsedReply(answer) for answer in Answer}

Work = Callable[[Tap], float]
"""How long a worker is busy with a tap, in seconds."""


@dataclass(frozen=True)
class Habits:
    """How people behave: first taps, time-out, and how they ask again."""

    stages: tuple[RateStage, ...]
    timeout_s: float
    retap: Retap
    seed: int

    def impatience(self) -> Impatience:
        """Who asks again."""
        return Impatience(LoadPlan(self.seed, arrivals=self.stages, retap=self.retap, client=Client(self.timeout_s)))

    def first_taps(self) -> Sequence[float]:
        """The instants of a Poisson process over the stages."""
        return instants(self.stages, seed=self.seed).tolist()


def poisson(rate_hz: float, seed: int, piece_s: float = 500.0) -> Iterator[float]:
    """The instants of a Poisson process without an end, piece after piece."""
    for piece in count():
        stage = RateStage(piece_s, rate_hz, rate_hz)
        yield from (piece * piece_s + instants((stage,), seed=Keyed(seed, "piece").bits(piece))).tolist()


def exponential(seed: int, mean_s: float) -> Work:
    """Work that is exponential around `mean_s`, the same for a tap whenever it is served."""
    draws = Keyed(seed, "work")
    return lambda tap: -mean_s * math.log(draws.uniform(tap.session, tap.attempt))


@dataclass(slots=True, eq=False)
class _Asked:
    """A tap whose answer is not known yet."""

    tap: Tap
    sent_s: float
    open: bool = True


@dataclass
class Crowd:
    """People at one service. `orbit` is how many have timed out once and are neither served nor gone.

    `empty` gets the instant at which nobody was left, in the service and in orbit; it ends `loop.run_until`.
    """

    habits: Habits
    capacity: Capacity
    work: Work
    loop: VirtualLoop = field(default_factory=VirtualLoop)
    orbit: int = 0
    answers: Counter[Answer] = field(default_factory=Counter)
    empty: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._impatience = self.habits.impatience()

    def begin(self, first_taps: Iterable[float]) -> None:
        """Let people come at these instants, in order."""
        self._next(enumerate(first_taps))

    def _next(self, coming: Iterator[tuple[int, float]]) -> None:
        first = next(coming, None)
        if first is not None:
            session, at_s = first
            self.loop.after(at_s - self.loop.time(), self._arrive, Tap(at_s, session, 1, SOMEBODY), coming)

    def _arrive(self, tap: Tap, coming: Iterator[tuple[int, float]]) -> None:
        self.ask(tap)
        self._next(coming)

    def ask(self, tap: Tap) -> None:
        """Send a tap now. Who times out hangs up; what was sent keeps its place in the queue."""
        asked = self._send(tap)
        self.loop.after(self.habits.timeout_s, self._hear, asked, Answer.TIMEOUT)

    def _send(self, tap: Tap) -> _Asked:
        asked = _Asked(tap, self.loop.time())
        self.loop.create_task(self._serve(asked))
        return asked

    async def _serve(self, asked: _Asked) -> None:
        try:
            async with self.capacity:
                await asyncio.sleep(self.work(asked.tap))
        except QueueFullError:
            self._hear(asked, Answer.SHED)
        else:
            self._hear(asked, Answer.APPROVED)
            self._look()

    def _hear(self, asked: _Asked, answer: Answer) -> None:
        if not asked.open:
            return
        asked.open = False
        self.answers[answer] += 1
        following = self._impatience.next_tap(Exchange(asked.tap, asked.sent_s, self.loop.time(), _REPLIES[answer]))
        self.orbit += (following is not None) - (asked.tap.attempt > 1)
        if following is not None:
            self.loop.after(following.intended_s - self.loop.time(), self.ask, following)

    def _look(self) -> None:
        if self.capacity.in_flight == self.orbit == self.capacity.queue == 0:
            self.empty.append(self.loop.time())


@dataclass
class JudgedCrowd(Crowd):
    """The same as the published models have it: a time-out is foreseen on arrival, from how many are ahead.

    Who will be late, by `late` of that number, is in orbit from that instant on, and asks again from there or leaves;
    at most `places` are in orbit, who finds it full is gone. What was sent keeps its place in the queue all the same.
    """

    late: Sequence[float] = ()
    places: int = ENDLESS
    most_queued: int = ENDLESS

    def __post_init__(self) -> None:
        super().__post_init__()
        self._foreseen = Keyed(self.habits.seed, "foreseen")
        self._stay = Keyed(self.habits.seed, "stay")

    def ask(self, tap: Tap) -> None:
        """Send a tap now, and know at once whether it will be late."""
        if tap.attempt > 1:
            self.orbit -= 1
        ahead = self.capacity.in_flight + self.capacity.queue
        self._send(tap).open = False
        if self.capacity.in_flight >= self.capacity.workers and self.capacity.queue >= self.most_queued:
            self.answers[Answer.SHED] += 1
        elif self._foreseen.uniform(tap.session, tap.attempt) < self.late[min(ahead, len(self.late) - 1)]:
            self.to_orbit(tap)
        self._look()

    def to_orbit(self, tap: Tap) -> None:
        """Somebody learns that this tap is late."""
        self.answers[Answer.TIMEOUT] += 1
        if self.orbit >= self.places:
            return
        self.orbit += 1
        now_s = self.loop.time()
        following = self._impatience.next_tap(Exchange(tap, now_s, now_s, _REPLIES[Answer.TIMEOUT]))
        if following is None:
            stay_s = -self.habits.retap.think_exp_s * math.log(self._stay.uniform(tap.session, tap.attempt))
            self.loop.after(stay_s, self._leave)
        else:
            self.loop.after(following.intended_s - now_s, self.ask, following)

    def put(self, taps: Sequence[Tap]) -> None:
        """Let these be in the service already, nobody waiting for them."""
        for tap in taps:
            self._send(tap).open = False

    def _leave(self) -> None:
        self.orbit -= 1
        self._look()


def lateness(workers: int, capacity_hz: float, timeout_s: float) -> list[float]:
    """How likely a tap takes longer than `timeout_s` in M/M/c, by how many are ahead: an Erlang wait, then its work."""
    work_hz, found = capacity_hz / workers, list[float]()
    while not found or found[-1] < 1.0 - 1e-12:
        departures = len(found) - workers + 1
        if departures <= 0:
            found.append(math.exp(-work_hz * timeout_s))
        elif workers == 1:
            found.append(float(gammaincc(departures + 1, capacity_hz * timeout_s)))
        else:
            waits = float(gammaincc(departures, capacity_hz * timeout_s))
            apart_hz = capacity_hz - work_hz
            begun = departures * math.log(capacity_hz / apart_hz) - work_hz * timeout_s
            within = float(gammainc(departures, apart_hz * timeout_s))
            found.append(waits + (math.exp(begun + math.log(within)) if within > 0.0 else 0.0))
    return found
