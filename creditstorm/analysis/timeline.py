"""What the figures draw: one row a second, of a long run a wider bin, by the instant the arrival was intended."""

import math
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.measures.latency import MEASURED_FROM, enough, is_decision
from creditstorm.analysis.phases import Phases
from creditstorm.analysis.statistics.intervals import rank, wilson_many
from creditstorm.credit import SERVICES, Answer, EvidenceStatus, Outcome

BIN_WIDTHS_S: Final = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
MOST_BINS: Final = 400
"""A figure shows about this many bins; a longer run gets wider ones."""
BIN_QUANTILES: Final = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
BIN_BEYOND: Final = 2
"""A bin is small: two answers beyond a quantile are enough to draw it, ten to quote it (`latency.BEYOND`)."""

_NO_ANSWER: Final = (Answer.UNSENT.value, Answer.TIMEOUT.value)


def timeline_of(frame: pl.DataFrame, phases: Phases) -> Timeline:
    """The timeline of a frame; arrivals without an instant (nobody recorded them) are in no bin."""
    bin_s = bin_width_s(phases.last_s)
    bins = max(1, math.ceil(phases.last_s / bin_s))
    recorded = frame.lazy().filter(pl.col("intended_s").is_not_null()).with_columns(_bin("intended_s", bin_s, bins))
    answered = frame.lazy().filter(~pl.col("answer").is_in(_NO_ANSWER))
    band = _wrongful(recorded, bins)
    return Timeline(
        bin_s=bin_s,
        t_s=np.arange(bins, dtype=np.float64) * bin_s,
        intended=_counts(recorded, bins),
        sent=_counts(frame.lazy().select(_bin("sent_s", bin_s, bins)), bins),
        answered=_counts(answered.select(_bin("done_s", bin_s, bins)), bins),
        outcomes=_by_word(recorded, "outcome", [outcome.value for outcome in Outcome], bins),
        wrongful=band[0],
        wrongful_low=band[1],
        wrongful_high=band[2],
        quantiles_s=_quantiles(recorded, bins),
        statuses=_statuses(recorded, bins),
        windows=phases.windows,
        warm_up_s=phases.warm_up_s,
    )


def bin_width_s(last_s: float) -> float:
    """One second, or the next round width that keeps a long run within `MOST_BINS` bins."""
    return next((width for width in BIN_WIDTHS_S if last_s <= width * MOST_BINS), BIN_WIDTHS_S[-1])


def _bin(column: str, bin_s: float, bins: int) -> pl.Expr:
    return (pl.col(column) / bin_s).floor().clip(0, bins - 1).cast(pl.Int32).alias("bin")


def _counts(binned: pl.LazyFrame, bins: int) -> NDArray[np.int64]:
    bin_of = binned.select(pl.col("bin").drop_nulls()).collect().to_series()
    return np.bincount(bin_of.to_numpy(), minlength=bins).astype(np.int64)


def _words_of(kind: pl.DataType) -> list[str]:
    assert isinstance(kind, pl.Enum)  # noqa: S101 - every word of a frame is of a closed list
    return kind.categories.to_list()


def _by_word(frame: pl.LazyFrame, column: str, words: list[str], bins: int) -> dict[str, NDArray[np.int64]]:
    """The counts a bin of each word of a closed list, in its order, and of any other that is there."""
    some = frame.select("bin", column).drop_nulls().collect()
    places = _words_of(some.schema[column])
    cell = some[column].to_physical().to_numpy().astype(np.int32) * bins + some["bin"].to_numpy()
    table = np.bincount(cell, minlength=bins * len(places)).reshape(len(places), bins)
    counts = dict(zip(places, table, strict=True))
    none = np.zeros(bins, dtype=np.int64)
    others = [word for word in places if word not in words and counts[word].any()]
    return {word: counts.get(word, none) for word in (*words, *others)}


def _wrongful(frame: pl.LazyFrame, bins: int) -> NDArray[np.float64]:
    eligible = frame.filter("eligible")
    wronged = eligible.filter(pl.col("outcome") == Outcome.WRONGFUL_NO_CREDIT.value)
    return wilson_many(_counts(wronged, bins), _counts(eligible, bins))


def _statuses(frame: pl.LazyFrame, bins: int) -> dict[tuple[str, str], NDArray[np.int64]]:
    words = [status.value for status in EvidenceStatus]
    return {
        (service, status): counts
        for service in SERVICES
        for status, counts in _by_word(frame, f"{service}_status", words, bins).items()
        if counts.any()
    }


def _quantiles(frame: pl.LazyFrame, bins: int) -> dict[tuple[str, str], NDArray[np.float64]]:
    return {
        (measured_from, name): series
        for measured_from in MEASURED_FROM
        for name, series in _quantiles_from(frame, measured_from, bins).items()
    }


def _quantiles_from(frame: pl.LazyFrame, measured_from: str, bins: int) -> dict[str, NDArray[np.float64]]:
    """Nearest-rank quantiles of each bin, of those with enough answers."""
    spent = (pl.col("done_s") - pl.col(f"{measured_from}_s")).alias("spent")
    some = frame.filter(is_decision()).select("bin", spent).drop_nulls().collect()
    in_bin, values = some["bin"].to_numpy(), some["spent"].to_numpy()
    if np.any(in_bin[1:] < in_bin[:-1]):
        order = np.argsort(in_bin, kind="stable")
        in_bin, values = in_bin[order], values[order]
    series = {name: np.full(bins, np.nan) for name in BIN_QUANTILES}
    for place, part in enumerate(np.split(values, np.searchsorted(in_bin, np.arange(1, bins)))):
        ranks = {name: rank(len(part), q) - 1 for name, q in BIN_QUANTILES.items() if enough(len(part), q, BIN_BEYOND)}
        if ranks:
            parted = np.partition(part, sorted(set(ranks.values())))
            for name, at in ranks.items():
                series[name][place] = parted[at]
    return series
