"""The oracle: what the strategy in force says on complete, fresh, true evidence with no deadline.

It shares the scorecard's and the strategy's parameters with the lender, never the code that decides: the lender
scores payloads that arrived, the oracle scores the person. The scalar and the vectorised path agree to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from creditstorm.credit import applicants as people
from creditstorm.credit.applicants import Applicant, File, Population, Segment
from creditstorm.credit.keyed import draw_many, normal_quantile_many
from creditstorm.credit.scorecard import FACTOR, INTERCEPT, OFFSET, WEIGHTS
from creditstorm.credit.sources import SCALES, SCORED
from creditstorm.credit.strategy import (
    LIMIT_CAP_CNY,
    LIMIT_FLOOR_CNY,
    LIMIT_STEP_CNY,
    MONTHS_OF_INCOME,
    SEGMENT_FACTOR,
    Strategy,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


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


def truth_of(applicant: Applicant, strategy: Strategy) -> Truth:
    """The right answer for one applicant under one strategy."""
    weights = WEIGHTS[applicant.file]
    log_odds = INTERCEPT
    for source in SCORED:
        reported = applicant.values[source]
        if reported is not None:
            log_odds += weights[source] * SCALES[source].characteristic(reported)
    score = OFFSET + FACTOR * log_odds
    if not applicant.verified or score < strategy.cut_off:
        return Truth(Eligibility.INELIGIBLE, 0, score)
    income = applicant.values["income"] or 0
    months = next(months for margin, months in MONTHS_OF_INCOME if score - strategy.cut_off >= margin)
    raw = income * months * SEGMENT_FACTOR[applicant.segment]
    limit = int(raw // LIMIT_STEP_CNY) * LIMIT_STEP_CNY
    return Truth(Eligibility.ELIGIBLE, min(LIMIT_CAP_CNY, max(LIMIT_FLOOR_CNY, limit)), score)


def truths_of(population: Population, ids: NDArray[np.uint64], strategy: Strategy) -> Truths:
    """The right answers for an array of applicant ids: the same numbers as `truth_of`, to the bit."""
    bits = population.stream.bits_many(ids)
    thin = draw_many(bits, people.DRAW_FILE) < population.thin_file
    micro = draw_many(bits, people.DRAW_SEGMENT) < population.micro_business
    verified = draw_many(bits, people.DRAW_VERIFIED) >= people.UNVERIFIED_SHARE
    score, income = _scores(bits, thin)
    eligible = verified & (score >= strategy.cut_off)
    months = np.select([score - strategy.cut_off >= m for m, _ in MONTHS_OF_INCOME], [n for _, n in MONTHS_OF_INCOME])
    raw = income * months * np.where(micro, SEGMENT_FACTOR[Segment.MICRO_BUSINESS], SEGMENT_FACTOR[Segment.CONSUMER])
    limit = (raw // LIMIT_STEP_CNY).astype(np.int64) * LIMIT_STEP_CNY
    return Truths(eligible, np.where(eligible, np.clip(limit, LIMIT_FLOOR_CNY, LIMIT_CAP_CNY), 0), score)


def _scores(bits: NDArray[np.uint64], thin: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    common = people.COMMON_LOADING * normal_quantile_many(draw_many(bits, people.DRAW_COMMON))
    log_odds = np.full(len(bits), INTERCEPT)
    income = np.zeros(len(bits))
    for source in SCORED:
        own = normal_quantile_many(draw_many(bits, people.DRAW_TRAIT[source]))
        scale = SCALES[source]
        reported = np.maximum(0.0, np.rint(scale.centre + scale.spread * (common + people.OWN_LOADING * own)))
        weight = np.where(thin, WEIGHTS[File.THIN][source], WEIGHTS[File.THICK][source])
        log_odds += weight * ((reported - scale.centre) / scale.spread)
        if source == "income":
            income = reported
    return OFFSET + FACTOR * log_odds, income
