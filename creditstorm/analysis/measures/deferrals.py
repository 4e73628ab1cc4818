"""What became of eligible people who were told "undetermined" or "referred": notified or not, of what, how late.

A session counts once, from its first such answer. It ends with its notice, or with the decision that the
person's own next tap brought; who had neither by the end of the run is censored then. The median is Kaplan–Meier's,
the first t with S(t) ≤ ½, so that those who still wait are not left out.
"""

from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from creditstorm.analysis.phases import Phases
from creditstorm.analysis.run_data import columns_of
from creditstorm.analysis.statistics.seconds import Level, Share, counted
from creditstorm.analysis.summary import Deferrals, Estimate
from creditstorm.credit import Answer, Outcome
from creditstorm.credit.decision import DECISIONS, UNDECIDED

_DECIDED: Final = sorted(answer.value for answer in DECISIONS)
_SO_TOLD: Final = sorted(answer.value for answer in UNDECIDED)


def deferrals_of(
    frame: pl.DataFrame, notices: pa.Table | None, phases: Phases, *, complained: bool = False
) -> Deferrals | None:
    """The deferrals of a run whose policy notifies people; None for another, or where only who complains hears."""
    if notices is None:
        return None
    waits = _waits(frame, notices, phases)
    n = waits.height
    if n == 0 and complained:
        return None
    right, wrong = (_resolved(waits, outcome) for outcome in (Outcome.CORRECT, Outcome.WRONGFUL_NO_CREDIT))
    notified = int(waits["notified"].sum())
    by_themselves = int(waits["by_themselves"].sum())
    return Deferrals(
        deferred=n,
        notified=notified,
        by_themselves=by_themselves,
        waiting=n - notified - by_themselves,
        resolved_correctly=right,
        resolved_wrongly=wrong,
        median_s=median_s(waits["waited_s"].to_numpy(), waits["notified"].to_numpy()),
    )


def _resolved(waits: pl.DataFrame, outcome: Outcome) -> Estimate:
    """The share of deferred sessions whose notice had this outcome; a person is kept whole in their first second."""
    hit = (pl.col("notified") & (pl.col("outcome") == outcome.value)).fill_null(value=False)
    people = waits.group_by("applicant", maintain_order=True).agg(
        since=pl.col("since_s").min().floor().cast(pl.Int64),
        hits=hit.sum().cast(pl.Float64),
        n=pl.len().cast(pl.Float64),
    )
    return Share(counted(*(people[column].to_numpy() for column in ("since", "hits", "n")))).estimate(Level.SHOWN)


def median_s(waited_s: NDArray[np.float64], notified: NDArray[np.bool_]) -> float | None:
    """The median time to a notice, where who was not notified waited at least so long; None where it lies beyond."""
    if not notified.any():
        return None
    from scipy import stats  # noqa: PLC0415 - half a second of CPU, for who has notified somebody only

    censored = stats.CensoredData(uncensored=waited_s[notified], right=waited_s[~notified])
    still_waiting = stats.ecdf(censored).sf
    reached = np.flatnonzero(still_waiting.probabilities <= 0.5 + 1e-12)
    return float(still_waiting.quantiles[reached[0]]) if len(reached) else None


def _waits(frame: pl.DataFrame, notices: pa.Table, phases: Phases) -> pl.DataFrame:
    """One row a session: how long it `waited_s`, and whether it was `notified` or decided `by_themselves`."""
    decided, referred = _by_kind(notices)
    own = frame.filter(pl.col("answer").is_in(_DECIDED)).group_by("session").agg(own_s=pl.col("done_s").max())
    first = _undecided(frame, own, referred)
    waits = first.filter("measured").join(own, on="session", how="left").join(decided, on="session", how="left")
    own_s = pl.when(pl.col("own_s") > pl.col("since_s")).then("own_s")
    notified = pl.col("t_s").is_not_null() & (own_s.is_null() | (pl.col("t_s") <= own_s))
    end_s = pl.max_horizontal(pl.lit(phases.last_s), pl.col("since_s"))
    return waits.with_columns(
        outcome=pl.col("outcome").cast(pl.String),
        notified=notified,
        by_themselves=~notified & own_s.is_not_null(),
        waited_s=pl.when(notified).then("t_s").otherwise(pl.coalesce(own_s, end_s)) - pl.col("since_s"),
    )


def _undecided(frame: pl.DataFrame, own: pl.DataFrame, referred: pl.DataFrame) -> pl.DataFrame:
    """The sessions of eligible people that were undecided, and since when; who complained of a decision is so again."""
    told = pl.col("answer").is_in(_SO_TOLD)
    of = frame.filter("eligible").join(referred, on="session", how="left", maintain_order="left")
    of = of.filter(told | pl.col("referred_s").is_not_null())
    sessions = of.group_by("session", maintain_order=True).agg(
        pl.col("measured", "applicant", "referred_s").first(), told_s=pl.col("done_s").filter(told).min()
    )
    again = pl.when(pl.col("own_s") <= pl.col("referred_s")).then("referred_s")
    since = sessions.join(own, on="session", how="left", maintain_order="left")
    return since.select("session", "measured", "applicant", since_s=pl.coalesce(again, "told_s", "referred_s"))


def _by_kind(notices: pa.Table) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of each session its first notice of a decision, and when it was first `referred`."""
    told = columns_of(notices, ["session", "t_s", "answer", "outcome"]).sort("t_s")
    is_referral = pl.col("answer").cast(pl.String) == Answer.REFERRED.value
    first = pl.col("t_s", "outcome").first()
    decided = told.filter(~is_referral).group_by("session", maintain_order=True).agg(first)
    referred = told.filter(is_referral).group_by("session", maintain_order=True).agg(referred_s=pl.col("t_s").first())
    return decided, referred
