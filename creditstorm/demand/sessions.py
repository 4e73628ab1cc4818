"""What a person's session is made of: who they are in truth, their tap, and the answer they read."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from creditstorm.credit import SERVICES, Answer, applicants, draw_many
from creditstorm.credit.oracle import Oracle
from creditstorm.credit.truth import Eligibility

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

    @property
    def micro_business(self) -> NDArray[np.bool_]:
        """Who asks for a small business."""
        return self._micro

    @property
    def thin_file(self) -> NDArray[np.bool_]:
        """Of whom little is on file."""
        return self._thin

    @property
    def eligible(self) -> NDArray[np.bool_]:
        """Who is creditworthy by the strategy in force at their instant."""
        return self._truths.eligible

    @property
    def eligible_stable(self) -> NDArray[np.bool_]:
        """Who is by the strategy before any change."""
        return self._stable.eligible

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
NO_CALLS: Final[tuple[float | None, ...]] = (None, None) * len(SERVICES)


class ParsedReply(NamedTuple):
    """An answer as the record describes it.

    `evidence` is status, age_s, latency_s, rejected, null_field of each service, in their order. `calls` is when the
    call of each began and when it ended, in seconds after the unix instant `began_at` at which the lender took it up.
    """

    answer: Answer
    limit_cny: int | None = None
    reason: str | None = None
    cause: str | None = None
    strategy_version: str | None = None
    evidence: tuple[RecordedValue, ...] = NO_EVIDENCE
    http_status: int | None = None
    error: str | None = None
    calls: tuple[float | None, ...] = NO_CALLS
    began_at: float | None = None


class Tap(NamedTuple):
    """One intended arrival; `attempt` counts from 1 within its session."""

    intended_s: float
    session: int
    attempt: int
    person: Person


class Exchange(NamedTuple):
    """What became of a tap; both instants are None where it was never sent.

    `began_s` is when the lender took it up; None where it does not say so.
    """

    tap: Tap
    sent_s: float | None
    done_s: float | None
    reply: ParsedReply
    began_s: float | None = None
