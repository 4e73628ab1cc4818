"""The four rates of DESIGN section 7, counted over every intended arrival, unsent and unanswered ones included.

Counts come from a *cube*: the frame reduced once to one row a combination of everything a slice can ask for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from creditstorm.analysis.phases import Phases, window_column
from creditstorm.analysis.statistics.intervals import wilson
from creditstorm.analysis.summary import Estimate, Rates
from creditstorm.credit.outcomes import Outcome

CUBE_KEYS: Final = ("measured", "phase", "segment", "file", "first", "final", "eligible", "outcome", "wrongful_cause")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of how many."""

    hits: int
    n: int


@dataclass(frozen=True, slots=True)
class RateMetric:
    """A rate: answers with `outcome` among the arrivals of the eligible, or of the ineligible."""

    outcome: Outcome
    of_eligible: bool


RATES: Final[dict[str, RateMetric]] = {
    "wrongful_no_credit_rate": RateMetric(Outcome.WRONGFUL_NO_CREDIT, of_eligible=True),
    "wrongful_approval_rate": RateMetric(Outcome.WRONGFUL_APPROVAL, of_eligible=False),
    "deferral_rate": RateMetric(Outcome.DEFERRED, of_eligible=True),
    "unavailability_rate": RateMetric(Outcome.UNAVAILABLE, of_eligible=True),
}


def cube_of(frame: pl.DataFrame, phases: Phases) -> pl.DataFrame:
    """One row a combination of the keys of every slice, with its number of arrivals `n`."""
    windows = [window_column(index) for index in range(len(phases.windows))]
    return frame.group_by(*CUBE_KEYS, *windows).agg(pl.len().cast(pl.Int64).alias("n"))


def tally_requests(cube: pl.DataFrame, metric: RateMetric) -> Tally:
    """The tally of one rate by intended arrivals."""
    asked = cube.filter(pl.col("eligible") == metric.of_eligible)
    hits = asked.filter(pl.col("outcome") == metric.outcome.value)
    return Tally(int(hits["n"].sum()), int(asked["n"].sum()))


def rates_of(cube: pl.DataFrame, *, interval: Callable[[int, int], Estimate] = wilson) -> Rates:
    """The four rates of a part of the cube, each with its interval."""
    tallies = {name: tally_requests(cube, metric) for name, metric in RATES.items()}
    return Rates(**{name: interval(tally.hits, tally.n) for name, tally in tallies.items()})


def tally_people(frame: pl.LazyFrame, metric: RateMetric) -> Tally:
    """People with at least one such outcome, of the people who asked as eligible (or as ineligible)."""
    asked = frame.filter(pl.col("eligible") == metric.of_eligible)
    hit = pl.col("outcome") == metric.outcome.value
    hits, n = (
        asked.select(
            pl.col("applicant").filter(hit).n_unique().alias("hits"), pl.col("applicant").n_unique().alias("n")
        )
        .collect()
        .row(0)
    )
    return Tally(int(hits), int(n))


def rates_of_people(frame: pl.LazyFrame) -> Rates:
    """The four rates of people over a part of the frame."""
    tallies = {name: tally_people(frame, metric) for name, metric in RATES.items()}
    return Rates(**{name: wilson(tally.hits, tally.n) for name, tally in tallies.items()})
