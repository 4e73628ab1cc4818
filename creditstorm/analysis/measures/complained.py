"""Who complained of the answer they were left with, and of how many of those the answer was indeed wrong."""

from statistics import median
from typing import Final

import polars as pl
import pyarrow as pa
from creditstorm.analysis.phases import Phases
from creditstorm.analysis.run_data import columns_of
from creditstorm.analysis.summary import Complaints
from creditstorm.credit import Answer, Outcome

REFERRED: Final = "referred"
"""A column of the frame: whether a person complained of this answer and was told that somebody is going to decide."""
_OF: Final = ("session", "attempt")


def complaints_of(
    frame: pl.DataFrame, complaints: pa.Table | None, notices: pa.Table | None, phases: Phases
) -> Complaints | None:
    """The complaints made after the warm-up; None where nobody was ever going to complain."""
    if complaints is None:
        return None
    made = columns_of(complaints, [*_OF, "applicant", "t_s", "shown"]).filter(pl.col("t_s") >= phases.warm_up_s)
    keys = [pl.col("session").cast(pl.Int64), pl.col("attempt").cast(pl.Int16)]
    told = made.with_columns(keys).join(frame.select(*keys, pl.col("outcome").cast(pl.String)), on=_OF, how="left")
    wronged = told.filter(pl.col("outcome") == Outcome.WRONGFUL_NO_CREDIT.value)
    waits = [] if notices is None else waits_of(made, notices)
    decided = [wait_s for wait_s in waits if wait_s is not None]
    return Complaints(
        made=told.height,
        people=told["applicant"].n_unique(),
        of_no_credit=told.filter(pl.col("shown").cast(pl.String) == Answer.NO_CREDIT.value).height,
        wronged_people=wronged["applicant"].n_unique(),
        put_right=None if notices is None else _put_right(wronged, notices),
        first_s=min(told["t_s"].to_list(), default=None),
        referred=len(waits),
        reviewed=len(decided),
        review_s=median(decided) if decided else None,
    )


def with_referrals(frame: pl.DataFrame, notices: pa.Table | None) -> pl.DataFrame:
    """The frame with `REFERRED`; as it is where nobody was."""
    if notices is None:
        return frame
    is_referral = pl.col("answer").cast(pl.String) == Answer.REFERRED.value
    told = columns_of(notices, [*_OF, "answer"]).filter(is_referral)
    if told.is_empty():
        return frame
    keys = told.select(*(pl.col(name).cast(frame.schema[name]) for name in _OF), pl.lit(value=True).alias(REFERRED))
    whole = frame.join(keys.unique(_OF), on=_OF, how="left", maintain_order="left")
    return whole.with_columns(pl.col(REFERRED).fill_null(value=False))


def waits_of(made: pl.DataFrame, notices: pa.Table) -> list[float | None]:
    """How long each of these that was answered `referred` waited for a decision (s); None where it still does."""
    told = columns_of(notices, [*_OF, "t_s", "answer"]).with_columns(
        pl.col("session").cast(pl.Int64), pl.col("attempt").cast(pl.Int16), pl.col("answer").cast(pl.String)
    )
    is_referral = pl.col("answer") == Answer.REFERRED.value
    keys = made.select(pl.col("session").cast(pl.Int64), pl.col("attempt").cast(pl.Int16))
    referred = told.filter(is_referral).join(keys, on=_OF, how="semi")
    decided = told.filter(~is_referral).select(*_OF, decided_s="t_s")
    waits = referred.join(decided, on=_OF, how="left", maintain_order="left")
    return waits.select(pl.col("decided_s") - pl.col("t_s")).to_series().to_list()


def _put_right(wronged: pl.DataFrame, notices: pa.Table) -> int:
    """How many of those people were notified of the right decision afterwards."""
    right = columns_of(notices, ["session", "t_s", "outcome"]).filter(
        pl.col("outcome").cast(pl.String) == Outcome.CORRECT.value
    )
    later = right.select(pl.col("session").cast(pl.Int64), noticed_s="t_s")
    told = wronged.join(later, on="session").filter(pl.col("noticed_s") >= pl.col("t_s"))
    return told["applicant"].n_unique()
