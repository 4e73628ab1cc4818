"""The oracle: what the strategy in force says on complete, fresh, true evidence with no deadline.

It shares the scorecard's and the strategy's parameters with the lender, never the code that decides: the lender
scores payloads that arrived, the oracle scores the person. The scalar and the vectorised path agree to the bit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from creditstorm.credit import applicants as people
from creditstorm.credit.applicants import CORRELATION, Applicant, File, Population, Segment
from creditstorm.credit.keyed import draw_many, normal_quantile_many
from creditstorm.credit.scorecard import FACTOR, INTERCEPT, OFFSET, WEIGHTS
from creditstorm.credit.sources import SCALES, SCORED
from creditstorm.credit.strategy import LIMITS, STAND_IN_LIMIT_CNY, Strategy


class Eligibility(StrEnum):
    """What the truth is about a person."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"


@dataclass(frozen=True, slots=True)
class Truth:
    """The right answer for one person: the limit is 0 for an ineligible one."""

    eligibility: Eligibility
    limit_cny: int
    score: float


@dataclass(frozen=True, slots=True)
class Truths:
    """The right answers for many people, as arrays of one length."""

    eligible: NDArray[np.bool_]
    limit_cny: NDArray[np.int64]
    score: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """Many people as a strategy looks at them, arrays of one length; `income_withheld` is None where nobody's is."""

    verified: NDArray[np.bool_]
    micro: NDArray[np.bool_]
    score: NDArray[np.float64]
    income: NDArray[np.float64]
    income_withheld: NDArray[np.bool_] | None


Revise = Callable[[str, NDArray[np.float64]], NDArray[np.float64]]
"""From what a source reported of many people to what is true of them now."""
NOBODY: Final[Mapping[str, NDArray[np.bool_]]] = {}
"""Nobody withholds anything."""


def truth_of(applicant: Applicant, strategy: Strategy, withheld: frozenset[str] = frozenset()) -> Truth:
    """The right answer for one applicant under one strategy, without the sources that may not be asked.

    What a person does not let the lender ask is legitimately missing. The score is then its expectation: under
    equicorrelation r a missing trait is expected at r · (sum of the k observed traits) / (1 + (k − 1) · r).
    """
    score = _score(applicant, withheld)
    margin = strategy.margin(score)
    if not applicant.verified or margin < 0:
        return Truth(Eligibility.INELIGIBLE, 0, score)
    if "income" in withheld:
        return Truth(Eligibility.ELIGIBLE, STAND_IN_LIMIT_CNY, score)
    income = applicant.values["income"] or 0
    months = next(months for at_least, months in LIMITS.months if margin >= at_least)
    raw = income * months * LIMITS.segment_factor[applicant.segment]
    limit = int(raw // LIMITS.step) * LIMITS.step
    return Truth(Eligibility.ELIGIBLE, min(LIMITS.cap, max(LIMITS.floor, limit)), score)


def truths_of(population: Population, ids: NDArray[np.uint64], strategy: Strategy) -> Truths:
    """The right answers for an array of applicant ids: the same numbers as `truth_of`, to the bit."""
    return ruled(scored(population, ids), strategy)


def scored(
    population: Population,
    ids: NDArray[np.uint64],
    *,
    revise: Revise = lambda _, reported: reported,
    withheld: Mapping[str, NDArray[np.bool_]] = NOBODY,
) -> Scored:
    """What a strategy needs to know of many people, after changes; `withheld` says by source who withholds it."""
    bits = population.stream.bits_many(ids)
    thin = draw_many(bits, people.DRAW_FILE) < population.thin_file
    micro = draw_many(bits, people.DRAW_SEGMENT) < population.micro_business
    verified = draw_many(bits, people.DRAW_VERIFIED) >= people.UNVERIFIED_SHARE
    score, income = _scores(bits, thin, revise, withheld)
    return Scored(verified, micro, score, income, withheld.get("income"))


def ruled(known: Scored, strategy: Strategy) -> Truths:
    """What a strategy says about many people."""
    margin = strategy.margin(known.score)
    eligible = known.verified & (margin >= 0)
    months = np.select([margin >= m for m, _ in LIMITS.months], [n for _, n in LIMITS.months])
    micro, consumer = LIMITS.segment_factor[Segment.MICRO_BUSINESS], LIMITS.segment_factor[Segment.CONSUMER]
    raw = known.income * months * np.where(known.micro, micro, consumer)
    limit = np.clip((raw // LIMITS.step).astype(np.int64) * LIMITS.step, LIMITS.floor, LIMITS.cap)
    if known.income_withheld is not None:
        limit = np.where(known.income_withheld, STAND_IN_LIMIT_CNY, limit)
    return Truths(eligible, np.where(eligible, limit, 0), known.score)


def _score(applicant: Applicant, withheld: frozenset[str]) -> float:
    weights = WEIGHTS[applicant.file]
    log_odds, missing, seen, observed = INTERCEPT, 0.0, 0.0, 0
    for source in SCORED:
        reported = applicant.values[source]
        if source in withheld:
            missing += weights[source]
        elif reported is not None:
            trait = SCALES[source].characteristic(reported)
            log_odds += weights[source] * trait
            seen += trait
            observed += 1
    if withheld:
        log_odds += missing * (CORRELATION * seen / (1.0 + (observed - 1) * CORRELATION))
    return OFFSET + FACTOR * log_odds


def _scores(
    bits: NDArray[np.uint64], thin: NDArray[np.bool_], revise: Revise, withheld: Mapping[str, NDArray[np.bool_]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    common = people.COMMON_LOADING * normal_quantile_many(draw_many(bits, people.DRAW_COMMON))
    log_odds = np.full(len(bits), INTERCEPT)
    income = np.zeros(len(bits))
    gaps = _Gaps(thin, withheld) if withheld else None
    for source in SCORED:
        own = normal_quantile_many(draw_many(bits, people.DRAW_TRAIT[source]))
        scale = SCALES[source]
        reported = np.maximum(0.0, np.rint(scale.centre + scale.spread * (common + people.OWN_LOADING * own)))
        reported = revise(source, reported)
        weight = np.where(thin, WEIGHTS[File.THIN][source], WEIGHTS[File.THICK][source])
        trait = (reported - scale.centre) / scale.spread
        log_odds += weight * trait if gaps is None else gaps.weighed(source, weight, trait)
        if source == "income":
            income = reported
    if gaps is not None:
        log_odds += gaps.expected()
    return OFFSET + FACTOR * log_odds, income


class _Gaps:
    """What is missing of many people, gathered source by source: the vectorised half of `_score`'s bookkeeping."""

    def __init__(self, thin: NDArray[np.bool_], withheld: Mapping[str, NDArray[np.bool_]]) -> None:
        self._thin = thin
        self._withheld = withheld
        self._missing = np.zeros(len(thin))
        self._seen = np.zeros(len(thin))
        self._observed = np.zeros(len(thin))

    def weighed(self, source: str, weight: NDArray[np.float64], trait: NDArray[np.float64]) -> NDArray[np.float64]:
        """What a source adds to the log-odds of each person: nothing where it may not be asked."""
        gone = self._withheld.get(source, np.zeros(len(weight), dtype=np.bool_))
        known = ~gone & ~self._thin if source == "bureau" else ~gone
        self._missing += np.where(gone, weight, 0.0)
        self._seen += np.where(known, trait, 0.0)
        self._observed += known
        return np.where(gone, 0.0, weight * trait)

    def expected(self) -> NDArray[np.float64]:
        """What the missing part is expected to add to the log-odds, given the rest."""
        return self._missing * (CORRELATION * self._seen / (1.0 + (self._observed - 1.0) * CORRELATION))
