"""What each monitor looks at: which answers count, and which of them are bad, one line a monitor."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl
from creditstorm.credit import SERVICES, Answer, Outcome
from creditstorm.credit.decision import DECISIONS as DECIDED
from creditstorm.credit.decision import UNDECIDED
from creditstorm.plugins import MONITORS as PLUGGED
from creditstorm.plugins import Plugin, found
from creditstorm.scenario.monitors import MonitorName


def _is(*answers: Answer) -> pl.Expr:
    return pl.col("answer").is_in([answer.value for answer in answers])


ALL_ANSWERS: Final = pl.col("answer").is_not_null()
DECISIONS: Final = _is(Answer.APPROVED, Answer.NO_CREDIT)
FIRSTS: Final = DECISIONS & (pl.col("attempt") == 1)
"""Of first attempts alone: whoever is rightly refused taps again and is refused again, up to five times. These come in
bunches that no calibration by shares knows, and stay when the arrivals fall, which looks like a rise."""
TOLD: Final = _is(*DECIDED, *UNDECIDED)
_TECHNICAL_NO: Final = _is(Answer.NO_CREDIT) & pl.col("technical")
COMPLAINT: Final = pl.col("complaint")
"""Whether it is no answer, but somebody who complains of one."""
SLOW: Final = pl.col("slow")
"""Whether an answer took longer than 99 of 100 did in calm."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """A share that somebody could watch: of the answers for which `of` holds, those that are `bad`.

    Both are expressions over the frame of a run, and `SLOW`; what is null is neither. The calm level is not known from
    fewer than `least_calm` answers. A share has risen where it is higher by `rise`, or its odds by half. `needs_truth`
    marks an ideal: no lender could watch it.
    """

    title: str
    bad: pl.Expr
    of: pl.Expr = ALL_ANSWERS
    least_calm: int = 100
    rise: float = 0.05
    needs_truth: bool = False


MONITORS: Final = {
    MonitorName.HTTP_ERRORS: Monitor("HTTP errors", _is(Answer.ERROR, Answer.TIMEOUT, Answer.SHED)),
    MonitorName.P99_LATENCY: Monitor("p99 latency", SLOW, TOLD, least_calm=200),
    MonitorName.DECLINE_RATE: Monitor("declines", _is(Answer.NO_CREDIT), FIRSTS),
    MonitorName.TECHNICAL_DECLINES: Monitor("technical declines", _TECHNICAL_NO, FIRSTS),
    MonitorName.UNDECIDED_RATE: Monitor("undecided", ~DECISIONS),
    # Few complain: where a tenth of the refused do, a dark source that refuses everybody is a rise of three points.
    MonitorName.COMPLAINT_RATE: Monitor("complaints", COMPLAINT, TOLD.fill_null(value=False) | COMPLAINT, rise=0.02),
    MonitorName.WRONGFUL_NO_CREDIT: Monitor(
        "wrongful “no credit”",
        pl.col("outcome") == Outcome.WRONGFUL_NO_CREDIT.value,
        pl.col("eligible") & (pl.col("attempt") == 1),
        needs_truth=True,
    ),
}
"""Every monitor of ours, in the order in which they are told."""
COLUMNS: Final = (
    *("answer", "limit_cny", "segment", "file", "attempt", "outcome", "eligible", "technical"),
    *(f"{service}_status" for service in SERVICES),
    *(expression.meta.output_name() for expression in (SLOW, COMPLAINT)),
)
"""What a monitor may look at, in a record and in a run under way."""


@cache
def monitors_by_name() -> Mapping[str, Monitor]:
    """Ours and those of other packages, by name; raises PluginError for one that cannot be used."""
    ours = {name.value: kind for name, kind in MONITORS.items()}
    return ours | {plugin.name: _sound(plugin) for plugin in found(PLUGGED)}


def _sound(plugin: Plugin) -> Monitor:
    """The monitor that another package brings, once it is known to be one."""
    brought = plugin.brought
    if not isinstance(brought, Monitor):
        raise plugin.broken(f"it is no {Monitor.__module__}.{Monitor.__qualname__}")
    looks_at = {name for expr in (brought.of, brought.bad) for name in expr.meta.root_names()}
    if foreign := sorted(looks_at.difference(COLUMNS)):
        raise plugin.broken(f"it looks at {', '.join(foreign)}; allowed are {', '.join(COLUMNS)}")
    return brought
