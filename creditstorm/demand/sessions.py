"""One person's session: who they are in truth, their tap, the answer they read, and whether they tap again.

"No credit", an error or silence make people tap again. So the wrong answer itself feeds the overload.
"""

import math
from collections.abc import Container
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from creditstorm.credit import SERVICES, Answer, Keyed, applicants, draw_many, painted
from creditstorm.credit.oracle import Oracle
from creditstorm.credit.truth import Eligibility
from creditstorm.demand.load_plan import LoadPlan

_SEGMENT: Final = {True: applicants.Segment.MICRO_BUSINESS.value, False: applicants.Segment.CONSUMER.value}
_FILE: Final = {True: applicants.File.THIN.value, False: applicants.File.THICK.value}
_TRUTH: Final = {True: Eligibility.ELIGIBLE.value, False: Eligibility.INELIGIBLE.value}


class Person(NamedTuple):
    """One applicant as the record describes them, at the instant of a tap.

    `truth` is by the strategy in force then, `truth_stable` by the one before any change.
    """

    applicant: int
    segment: str
    file: str
    truth: str
    truth_limit_cny: int
    truth_score: float
    truth_stable: str


class Crowd:
    """The people of a schedule, in its order; the truth about all of them at once costs 2 µs each, alone 20."""

    def __init__(self, oracle: Oracle, ids: NDArray[np.uint64], t_s: NDArray[np.float64]) -> None:
        population = oracle.population
        bits = population.stream.bits_many(ids)
        self._ids = ids
        self._micro = draw_many(bits, applicants.DRAW_SEGMENT) < population.micro_business
        self._thin = draw_many(bits, applicants.DRAW_FILE) < population.thin_file
        self._truths, self._stable = oracle.truths_at(ids, t_s)

    def person(self, place: int) -> Person:
        """The person at a place in the schedule."""
        truths = self._truths
        return Person(
            int(self._ids[place]),
            _SEGMENT[bool(self._micro[place])],
            _FILE[bool(self._thin[place])],
            _TRUTH[bool(truths.eligible[place])],
            int(truths.limit_cny[place]),
            float(truths.score[place]),
            _TRUTH[bool(self._stable.eligible[place])],
        )


def person(oracle: Oracle, applicant_id: int, t_s: float) -> Person:
    """The same for one applicant who taps at an instant that was not known beforehand."""
    applicant = oracle.population.applicant(applicant_id)
    truth, stable = oracle.truth_at(applicant_id, t_s)
    return Person(
        applicant_id,
        applicant.segment.value,
        applicant.file.value,
        truth.eligibility.value,
        truth.limit_cny,
        truth.score,
        stable.eligibility.value,
    )


RecordedValue = str | float | bool | None
NOTHING: Final[tuple[RecordedValue, ...]] = (None,) * 5
NO_EVIDENCE: Final[tuple[RecordedValue, ...]] = NOTHING * len(SERVICES)


class ParsedReply(NamedTuple):
    """An answer as the record describes it.

    `evidence` is status, age_s, latency_s, rejected, null_field of each service, in their order.
    """

    answer: Answer
    limit_cny: int | None = None
    reason: str | None = None
    cause: str | None = None
    strategy_version: str | None = None
    evidence: tuple[RecordedValue, ...] = NO_EVIDENCE
    http_status: int | None = None
    error: str | None = None


class Tap(NamedTuple):
    """One intended arrival; `attempt` counts from 1 within its session."""

    intended_s: float
    session: int
    attempt: int
    person: Person


class Exchange(NamedTuple):
    """What became of a tap; both instants are None where it was never sent."""

    tap: Tap
    sent_s: float | None
    done_s: float | None
    reply: ParsedReply


class App(Protocol):
    """The app in the person's hand."""

    def ask(self, tap: Tap) -> Exchange:
        """Send the tap now and wait for the answer or the time-out."""


class Waiting(Protocol):
    """How a session lets time pass."""

    def until(self, t_s: float) -> bool:
        """Sleep until `t_s`; False, at once if possible, where no tap is intended any more by then."""


class Impatience:
    """Whether and when a person taps again: keyed by session and attempt, so the same in every run and policy."""

    def __init__(self, plan: LoadPlan) -> None:
        self._rule = plan.retap
        self._failure_as = plan.client.paints_failure_as
        self._oracle = plan.oracle if plan.changes else None
        self._luck = Keyed(plan.seed, "retap")
        self._pause = Keyed(plan.seed, "think")
        self._likely = {
            Answer.NO_CREDIT: self._rule.no_credit,
            Answer.ERROR: self._rule.error,
            Answer.SHED: self._rule.error,
            Answer.TIMEOUT: self._rule.timeout,
            Answer.UNDETERMINED: self._rule.undetermined,
        }

    def next_tap(self, exchange: Exchange) -> Tap | None:
        """The tap that follows, think time after the answer; None where the session is over."""
        tap = exchange.tap
        likely = self._likely.get(painted(exchange.reply.answer, self._failure_as), 0.0)
        if exchange.done_s is None or tap.attempt >= self._rule.max_attempts or likely == 0.0:
            return None
        if self._luck.uniform(tap.session, tap.attempt) >= likely:
            return None
        pause_s = -self._rule.think_exp_s * math.log(self._pause.uniform(tap.session, tap.attempt))
        return self._again(tap, exchange.done_s + self._rule.think_s + pause_s)

    def _again(self, tap: Tap, t_s: float) -> Tap:
        """The next tap; where people or rules change, what is true of the person may be another thing by then."""
        who = tap.person if self._oracle is None else person(self._oracle, tap.person.applicant, t_s)
        return tap._replace(intended_s=t_s, attempt=tap.attempt + 1, person=who)


def live_session(
    tap: Tap, *, app: App, impatience: Impatience, waiting: Waiting, notified: Container[int] = ()
) -> None:
    """Tap until the person is content, gives up or the load is over; sessions in `notified` have their answer."""
    following: Tap | None = tap
    while following is not None:
        following = impatience.next_tap(app.ask(following))
        if following is not None and not waiting.until(following.intended_s):
            return
        if tap.session in notified:
            return
