"""Last night's snapshot: what most people's sources said some days ago, computed instead of stored."""

import math
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final

from creditstorm import steady
from creditstorm.credit import (
    COMMON_LOADING,
    OWN_LOADING,
    SCALES,
    SCORED,
    Keyed,
    Population,
    draw,
    estimate_score,
    normal_quantile,
)
from creditstorm.credit.case import CreditRequest
from mock_services.cache.layers import Remembered

DAY_S: Final = 86_400.0
PERSISTENCE: Final = ((0.0, 1.0), (1.0, 0.995), (7.0, 0.98), (30.0, 0.93), (90.0, 0.80))
"""(age in days, correlation of a trait with itself that long ago), in between linear."""

VERSION: Final = "snapshot"

_DRAW_COVERED: Final = 0
_DRAW_AGE: Final = 1
_DRAW_COMMON: Final = 2
_DRAW_TRAIT: Final = {source: number for number, source in enumerate(SCORED, start=3)}


@dataclass(frozen=True)
class NightlySnapshot:
    """Covers a share of the people, each at one age; `taken_at` (unix seconds) is when the service started.

    A trait of the past is that of today, seen through an autoregression of order one: its correlation with today is the
    persistence, .995 after 1 day, .98 after 7, .93 after 30, .80 after 90 (assumed, DOMAIN 5). The innovations are
    correlated between traits as the traits themselves are, so the people of the past are a population like today's.
    """

    people: Population
    coverage: float = 0.85
    oldest_s: float = 7 * DAY_S
    taken_at: float = field(default_factory=steady.unix_s)

    @cached_property
    def _stream(self) -> Keyed:
        return _stream_of(self.people.seed)

    def recall(self, request: CreditRequest, service: str) -> Remembered | None:
        """What the service would have said then; None when the person is not covered."""
        bits = self._stream.bits(request.applicant)
        if draw(bits, _DRAW_COVERED) >= self.coverage:
            return None
        age_s = self.oldest_s * draw(bits, _DRAW_AGE)
        value = self._value_then(request, service, bits, age_s)
        return Remembered(value, self.taken_at - age_s, VERSION, 0.0 if service == "scoring" else None)

    def _value_then(self, request: CreditRequest, service: str, bits: int, age_s: float) -> float | None:
        today = self.people.applicant(request.applicant)
        if service == "identity":
            return float(today.verified)
        then = {source: value_then(source, value, bits, age_s) for source, value in today.values.items()}
        return estimate_score(today.file, then).mean if service == "scoring" else then[service]


def persistence(age_s: float) -> float:
    """The correlation of a trait with itself `age_s` ago; after the last known age it stays as it is there."""
    days = age_s / DAY_S
    for (young, high), (old, low) in pairwise(PERSISTENCE):
        if days <= old:
            return high + (low - high) * (days - young) / (old - young)
    return PERSISTENCE[-1][1]


def bits_of_the_past(seed: int, applicant: int) -> int:
    """The draws of this person's past: they have one past, whoever reports it."""
    return _stream_of(seed).bits(applicant)


def _stream_of(seed: int) -> Keyed:
    return Keyed(seed, "snapshot")


def value_then(source: str, today: float | None, bits: int, age_s: float) -> int | None:
    """What a scored source would have said `age_s` ago; "no record" was "no record" then."""
    if today is None:
        return None
    correlation = persistence(age_s)
    own = normal_quantile(draw(bits, _DRAW_TRAIT[source]))
    innovation = COMMON_LOADING * normal_quantile(draw(bits, _DRAW_COMMON)) + OWN_LOADING * own
    trait = correlation * SCALES[source].characteristic(today) + math.sqrt(1.0 - correlation**2) * innovation
    return SCALES[source].reported(trait)
