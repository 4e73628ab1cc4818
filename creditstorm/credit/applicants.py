"""Synthetic people and small businesses: everything about one is a pure function of (seed, applicant id)."""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final

from pydantic import Field
from creditstorm.credit.keyed import Keyed, draw, normal_quantile
from creditstorm.credit.sources import SCALES, SCORED
from creditstorm.language.quantities import Count, Share, Spec

MICRO_BUSINESS_SHARE: Final = 0.2
THIN_FILE_SHARE: Final = 0.25

CORRELATION: Final = 0.25
"""The correlation of any two traits (equicorrelation)."""

COMMON_LOADING: Final = math.sqrt(CORRELATION)
OWN_LOADING: Final = math.sqrt(1.0 - CORRELATION)
UNVERIFIED_SHARE: Final = 0.001

DRAW_COMMON: Final = 0
DRAW_TRAIT: Final = {source: index for index, source in enumerate(SCORED, start=1)}
DRAW_VERIFIED: Final = 10
DRAW_SEGMENT: Final = 11
DRAW_FILE: Final = 12


class Segment(StrEnum):
    """Who asks."""

    CONSUMER = "consumer"
    MICRO_BUSINESS = "micro_business"


class File(StrEnum):
    """How much credit history there is; a thin file has no bureau record, and that is a fact about the person."""

    THICK = "thick"
    THIN = "thin"


@dataclass(frozen=True, slots=True)
class Applicant:
    """One person: `values` is what each scored source truly reports today; None is a true "no record"."""

    id: int
    segment: Segment
    file: File
    verified: bool
    values: dict[str, int | None]


class PopulationSpec(Spec):
    """Who asks: how many applicants there are, and the shares of micro businesses and thin files among them."""

    size: Annotated[Count, Field(ge=1, le=10**12)] = 100_000
    micro_business: Share = MICRO_BUSINESS_SHARE
    thin_file: Share = THIN_FILE_SHARE

    def people(self, seed: int) -> "Population":
        """The people that every process computes from this seed."""
        return Population(seed, self.size, self.micro_business, self.thin_file)


@dataclass(frozen=True)
class Population:
    """The people of a scenario; `size` costs no memory."""

    seed: int
    size: int
    micro_business: float = MICRO_BUSINESS_SHARE
    thin_file: float = THIN_FILE_SHARE

    @cached_property
    def stream(self) -> Keyed:
        """The keyed stream of the traits of people."""
        return Keyed(self.seed, "applicant")

    def applicant(self, applicant_id: int) -> Applicant:
        """The person with this id, the same one in every process."""
        bits = self.stream.bits(applicant_id)
        thin = draw(bits, DRAW_FILE) < self.thin_file
        return Applicant(
            id=applicant_id,
            segment=Segment.MICRO_BUSINESS if draw(bits, DRAW_SEGMENT) < self.micro_business else Segment.CONSUMER,
            file=File.THIN if thin else File.THICK,
            verified=draw(bits, DRAW_VERIFIED) >= UNVERIFIED_SHARE,
            values=_values(bits, thin=thin),
        )


def _values(bits: int, *, thin: bool) -> dict[str, int | None]:
    common = COMMON_LOADING * normal_quantile(draw(bits, DRAW_COMMON))
    values: dict[str, int | None] = {
        source: SCALES[source].reported(common + OWN_LOADING * normal_quantile(draw(bits, DRAW_TRAIT[source])))
        for source in SCORED
    }
    if thin:
        values["bureau"] = None
    return values
