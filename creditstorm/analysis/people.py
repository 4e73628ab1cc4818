"""Rates of people: one person counts once, as a hit if it happened to them at least once in the scope."""

from __future__ import annotations

import polars as pl

from creditstorm.analysis.intervals import wilson
from creditstorm.analysis.rates import RATES, RateMetric, Tally
from creditstorm.analysis.summary import Rates


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
