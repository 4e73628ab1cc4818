"""At what price, in whole yuan: what the final answer of each session left people short of, and exposed to."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from creditstorm.credit.decision import Answer
from creditstorm.credit.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Money:
    """What people were short of, and what the lender is exposed to.

    shortfall = Σ over eligible of max(0, L* − L), where they were decided about (a deferral is no decision);
    exposure = Σ over ineligible of L + Σ over eligible of max(0, L − L*).
    """

    shortfall_cny: int
    exposure_cny: int


def money_of(frame: pl.LazyFrame) -> Money:
    """Both sides of the price over a part of the frame, final answers only, because a re-tap is no second loan."""
    granted = pl.when(pl.col("answer") == Answer.APPROVED.value).then(pl.col("limit_cny")).otherwise(0)
    wronged = pl.col("outcome") == Outcome.WRONGFUL_NO_CREDIT.value
    decided = (pl.col("answer") == Answer.APPROVED.value) | wronged
    gap = granted.cast(pl.Int64) - pl.when("eligible").then(pl.col("truth_limit_cny")).otherwise(0).cast(pl.Int64)
    finals = frame.filter(pl.col("final") & decided)
    short, over = (
        finals.select((-gap).clip(lower_bound=0).sum().alias("short"), gap.clip(lower_bound=0).sum().alias("over"))
        .collect()
        .row(0)
    )
    return Money(int(short), int(over))
