"""The raw answers of a run as one frame, with the columns every figure is counted from.

Beside the raw columns: `eligible`, `outcome` (classified again, by the code the load used), `wrongful_cause`,
`honest` (whether a technical cause was told as one; null where none decided), `technical` (whether the reason that was
told is of the technical family), `first` and `final` of a session, and
what `phases` adds. Planned arrivals that no worker recorded come as `unsent` rows.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from creditstorm.analysis.combinations import SPARSE, combinations_of
from creditstorm.analysis.phases import Phases, fault_marks_of, with_phases
from creditstorm.analysis.run_data import COLUMNS, IN_FORCE, STABLE, RunData, columns_of
from creditstorm.analysis.unsent import OF_AN_ARRIVAL, unsent_of
from creditstorm.credit import (
    DISCLOSURES,
    LIMIT_TOLERANCE,
    SERVICES,
    Answer,
    EvidenceStatus,
    File,
    LimitBand,
    Outcome,
    Segment,
    Shown,
    classify,
    told_honestly,
)
from creditstorm.credit.reasons import Family
from creditstorm.credit.truth import Eligibility
from creditstorm.record.manifest import Ending

TECHNICAL: Final = frozenset(reason.value for reason, said in DISCLOSURES.items() if said.family is Family.TECHNICAL)
"""The reasons that are of the technical family."""
OUTCOMES: Final = pl.Enum([outcome.value for outcome in Outcome])
UNEXPLAINED: Final = "unexplained"

_WORDS: Final[dict[str, list[str]]] = {
    "segment": [word.value for word in Segment],
    "file": [word.value for word in File],
    IN_FORCE: [word.value for word in Eligibility],
    "answer": [word.value for word in Answer],
    **{f"{service}_status": [word.value for word in EvidenceStatus] for service in SERVICES},
}
SLICE: Final = 1 << 18
_COMBINATION: Final = ("truth", "answer", "limit", "reason", "cause")
_JUDGED_FROM: Final = (*OF_AN_ARRIVAL, "attempt", "answer", "limit_cny", "reason", "cause")
_JUDGED: Final = ("outcome", "wrongful_cause", "honest", "eligible")


def frame_of(run: RunData) -> tuple[pl.DataFrame, Phases]:
    """The frame of a run and its time axis; one row an intended arrival, warm-up included.

    The oracle in force judges.
    """
    frame = _recorded(run.answers, IN_FORCE, COLUMNS)
    phases = phases_of(run, frame)
    return with_phases(_judged(run, frame, IN_FORCE), phases), phases


def lighter(run: RunData) -> RunData:
    """The run with those columns of its answers alone that are asked for once its frame is there.

    A word takes twice the bytes there that it takes in the frame.
    """
    names = {IN_FORCE, STABLE, *(_JUDGED_FROM if oracles_differ(run.answers) else ())}
    return replace(run, answers=run.answers.select([name for name in run.answers.column_names if name in names]))


def judged_by_stable(run: RunData, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame of this run judged by the stable oracle; every column that does not hang on it is the first one's.

    Limits are those of the version in force.
    """
    again = _judged(run, _recorded(run.answers, STABLE, _JUDGED_FROM), STABLE)
    return frame.with_columns(again.select(_JUDGED))


def _judged(run: RunData, recorded: pl.DataFrame, truth: str) -> pl.DataFrame:
    """The recorded arrivals and those that are missing, with what became of each."""
    missing = unsent_of(run, recorded, truth)
    whole = recorded if missing.is_empty() else pl.concat([recorded, missing], how="diagonal")
    return _with_outcome(whole, run.scenario.client.paints_failure_as)


def phases_of(run: RunData, frame: pl.DataFrame) -> Phases:
    """The time axis: a completed run ends where its arrivals were planned to end, another with its last arrival."""
    seen = frame.select(
        intended=pl.col("intended_s").max(),
        last=pl.max_horizontal(pl.col("intended_s").max(), pl.col("done_s").max()),
    ).row(0, named=True)
    end_s = run.manifest.duration_s if run.manifest.ended.how is Ending.COMPLETED else seen["intended"] or 0.0
    return Phases(
        warm_up_s=run.scenario.load.warm_up_s,
        end_s=end_s,
        last_s=max(end_s, seen["last"] or 0.0),
        faults=fault_marks_of(run.marks),
        deadline_s=run.scenario.system.deadline_s,
    )


def oracles_differ(answers: pa.Table) -> bool:
    """Whether the strategy before any change says something else about any arrival than the version in force."""
    told = columns_of(answers, [IN_FORCE, STABLE])
    in_force, stable = (pl.col(column) == Eligibility.ELIGIBLE.value for column in (IN_FORCE, STABLE))
    return bool(told.select((in_force != stable).any()).item())


def _recorded(answers: pa.Table, truth: str, columns: Sequence[str]) -> pl.DataFrame:
    others = [column for column in columns if column in answers.column_names and column not in (IN_FORCE, STABLE)]
    # Word by word: a column of categories is four bytes an arrival until it is closed.
    named = {IN_FORCE if name == truth else name: name for name in (*others, truth)}
    frame = pl.DataFrame([_series(answers, name, column) for name, column in named.items()])
    first, final = _ends(frame["session"].to_numpy(), frame["attempt"].to_numpy())
    return frame.with_columns(first=pl.Series(first), final=pl.Series(final))


def _series(answers: pa.Table, name: str, column: str) -> pl.Series:
    series = columns_of(answers, [column]).to_series().alias(name)
    return _closed(series, _WORDS.get(name, ())) if series.dtype == pl.Categorical else series


def _closed(column: pl.Series, known: Sequence[str]) -> pl.Series:
    """Words as an enum of those known and those there: a byte an arrival."""
    seen = column.drop_nulls().unique().cast(pl.String).to_list()
    return column.cast(pl.Enum([*known, *sorted(set(seen).difference(known))]))


def _ends(session: NDArray[np.int64], attempt: NDArray[np.int16]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each row is the first, and the last, recorded attempt of its session."""
    if not len(session):
        return np.zeros(0, np.bool_), np.zeros(0, np.bool_)
    place = session
    if session.min() < 0 or session.max() > SPARSE * len(session):
        place = np.unique(session, return_inverse=True)[1]
    least = np.full(int(place.max()) + 1, np.iinfo(np.int16).max, dtype=np.int16)
    most = np.full(len(least), np.iinfo(np.int16).min, dtype=np.int16)
    np.minimum.at(least, place, attempt)
    np.maximum.at(most, place, attempt)
    return np.asarray(attempt == least[place]), np.asarray(attempt == most[place])


def _with_outcome(frame: pl.DataFrame, failure_as: str) -> pl.DataFrame:
    # A slice at a time: what the band is worked out from is many times the band.
    bands = [part.select(_band()).to_series() for part in frame.iter_slices(SLICE)] or [
        frame.select(_band()).to_series()
    ]
    combined = frame.select(*_COMBINATION[:2], pl.concat(bands).alias("limit"), *_COMBINATION[3:])
    found = combinations_of(combined)
    told = [_told(row, failure_as) for row in found.table.iter_rows(named=True)]
    causes = [cause for _, cause, _ in told]
    of_each = (
        pl.Series("outcome", [outcome for outcome, _, _ in told], OUTCOMES),
        pl.Series("wrongful_cause", causes, pl.Enum(sorted({cause for cause in causes if cause is not None}))),
        pl.Series("honest", [honest for _, _, honest in told], pl.Boolean),
        pl.Series("technical", [_is_technical(row["reason"]) for row in found.table.iter_rows(named=True)], pl.Boolean),
        pl.Series("eligible", found.table["truth"] == Eligibility.ELIGIBLE.value),
    )
    place = pl.Series(found.code)
    return frame.drop("truth", "reason", "cause").with_columns(one.gather(place) for one in of_each)


def _band() -> pl.Expr:
    # The very arithmetic of credit.outcomes.limit_band; a property test holds the two together.
    truth = pl.col("truth_limit_cny").fill_null(0).cast(pl.Int64)
    gap = pl.col("limit_cny").fill_null(0).cast(pl.Int64) - truth
    return (
        pl.when(gap.abs() <= LIMIT_TOLERANCE * truth.cast(pl.Float64))
        .then(pl.lit(LimitBand.RIGHT.value))
        .when(gap > 0)
        .then(pl.lit(LimitBand.ABOVE.value))
        .otherwise(pl.lit(LimitBand.BELOW.value))
        .cast(pl.Enum([band.value for band in LimitBand]))
    )


def _told(row: dict[str, str | None], failure_as: str) -> tuple[str, str | None, bool | None]:
    shown = Shown(
        eligible=row["truth"] == Eligibility.ELIGIBLE,
        answer=Answer(str(row["answer"])),
        limit=LimitBand(str(row["limit"])),
        reason=row["reason"],
        cause=row["cause"],
    )
    outcome = classify(shown, failure_as=failure_as)
    cause = _cause(shown) if outcome is Outcome.WRONGFUL_NO_CREDIT else None
    return outcome.value, cause, told_honestly(shown, failure_as=failure_as)


def _is_technical(reason: str | None) -> bool:
    return reason in TECHNICAL


def _cause(shown: Shown) -> str:
    # A failure that the app paints as "no credit" has no logged cause: how it failed is one.
    unlogged = UNEXPLAINED if shown.answer is Answer.NO_CREDIT else f"{shown.answer}:decision"
    return shown.cause or unlogged
