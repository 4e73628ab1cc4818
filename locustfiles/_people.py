"""Who taps: the truth about each person, worked out before the first request is sent."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from creditstorm.credit import applicants
from creditstorm.credit.applicants import File, Population, Segment
from creditstorm.credit.keyed import draw_many
from creditstorm.credit.strategy import Strategy
from creditstorm.credit.truth import Eligibility, truth_of, truths_of

_SEGMENT: Final = {True: Segment.MICRO_BUSINESS.value, False: Segment.CONSUMER.value}
_FILE: Final = {True: File.THIN.value, False: File.THICK.value}
_TRUTH: Final = {True: Eligibility.ELIGIBLE.value, False: Eligibility.INELIGIBLE.value}


class Person(NamedTuple):
    """One applicant as the record describes them."""

    applicant: int
    segment: str
    file: str
    truth: str
    truth_limit_cny: int
    truth_score: float


class Crowd:
    """The people of a schedule, in its order; the truth about all of them at once costs 2 µs each, alone 20."""

    def __init__(self, population: Population, ids: NDArray[np.uint64], strategy: Strategy) -> None:
        bits = population.stream.bits_many(ids)
        self._ids = ids
        self._micro = draw_many(bits, applicants.DRAW_SEGMENT) < population.micro_business
        self._thin = draw_many(bits, applicants.DRAW_FILE) < population.thin_file
        self._truths = truths_of(population, ids, strategy)

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
        )


def person(population: Population, applicant_id: int, strategy: Strategy) -> Person:
    """The same for one applicant who was not known beforehand (closed model)."""
    applicant = population.applicant(applicant_id)
    truth = truth_of(applicant, strategy)
    return Person(
        applicant_id,
        applicant.segment.value,
        applicant.file.value,
        truth.eligibility.value,
        truth.limit_cny,
        truth.score,
    )
