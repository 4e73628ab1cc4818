"""What each monitor looks at: which answers count, and which of them are bad, one line a monitor."""

from dataclasses import dataclass
from typing import Final

import polars as pl
from creditstorm.credit import Answer, Outcome
from creditstorm.scenario.monitors import MonitorName


def _is(*answers: Answer) -> pl.Expr:
    return pl.col("answer").is_in([answer.value for answer in answers])


ALL_ANSWERS: Final = pl.col("answer").is_not_null()
DECISIONS: Final = _is(Answer.APPROVED, Answer.NO_CREDIT)
TOLD: Final = _is(Answer.APPROVED, Answer.NO_CREDIT, Answer.UNDETERMINED, Answer.ACTION_NEEDED)
_TECHNICAL_NO: Final = _is(Answer.NO_CREDIT) & pl.col("technical")
SLOW: Final = pl.col("slow")
"""Whether an answer took longer than 99 of 100 did in calm."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """A share that somebody could watch: of the answers for which `of` holds, those that are `bad`.

    Both are expressions over the frame of a run, and `SLOW`; what is null is neither. The calm level is not known from
    fewer than `least_calm` answers. `needs_truth` marks an ideal: no lender could watch it.
    """

    title: str
    bad: pl.Expr
    of: pl.Expr = ALL_ANSWERS
    least_calm: int = 100
    needs_truth: bool = False


MONITORS: Final = {
    MonitorName.HTTP_ERRORS: Monitor("HTTP errors", _is(Answer.ERROR, Answer.TIMEOUT, Answer.SHED)),
    MonitorName.P99_LATENCY: Monitor("p99 latency", SLOW, TOLD, least_calm=200),
    MonitorName.DECLINE_RATE: Monitor("declines", _is(Answer.NO_CREDIT), DECISIONS),
    MonitorName.TECHNICAL_DECLINES: Monitor("technical declines", _TECHNICAL_NO, DECISIONS),
    MonitorName.UNDECIDED_RATE: Monitor("undecided", ~DECISIONS),
    MonitorName.WRONGFUL_NO_CREDIT: Monitor(
        "wrongful “no credit”",
        pl.col("outcome") == Outcome.WRONGFUL_NO_CREDIT.value,
        pl.col("eligible"),
        needs_truth=True,
    ),
}
"""Every monitor, in the order in which they are told."""
