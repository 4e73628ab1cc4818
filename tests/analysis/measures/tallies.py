"""Rates counted the plain way, row by row: what the counts by second and person have to add up to."""

from __future__ import annotations

import polars as pl
from creditstorm.analysis.measures.rates import Tally
from creditstorm.scenario.threshold import Rate


def tally_requests(cube: pl.DataFrame, metric: Rate) -> Tally:
    """The tally of one rate by intended arrivals."""
    asked = cube.filter(pl.col("eligible") == metric.of_eligible)
    hits = asked.filter(_hit(metric))
    return Tally(int(hits["n"].sum()), int(asked["n"].sum()))


def _hit(metric: Rate) -> pl.Expr:
    return pl.col("outcome").is_in(sorted(outcome.value for outcome in metric.outcomes))


def tally_people(frame: pl.LazyFrame, metric: Rate) -> Tally:
    """People with at least one such outcome, of the people who asked as eligible (or as ineligible)."""
    asked = frame.filter(pl.col("eligible") == metric.of_eligible)
    hit = _hit(metric)
    hits, n = (
        asked.select(
            pl.col("applicant").filter(hit).n_unique().alias("hits"), pl.col("applicant").n_unique().alias("n")
        )
        .collect()
        .row(0)
    )
    return Tally(int(hits), int(n))
