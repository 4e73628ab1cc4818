"""The parts of a run that a report quotes, each with its rates and its commonest cause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from creditstorm.analysis.measures.rates import rates_of, rates_of_people
from creditstorm.analysis.phases import Phase, Phases, window_column
from creditstorm.analysis.summary import Slice
from creditstorm.credit.applicants import File, Segment


def causes_of(cube: pl.DataFrame) -> dict[str, int]:
    """Wrongful answers by cause, the commonest first (of equals, by name)."""
    counted = (
        cube.filter(pl.col("wrongful_cause").is_not_null())
        .group_by(pl.col("wrongful_cause").cast(pl.String).alias("cause"))
        .agg(pl.col("n").sum())
        .sort(["n", "cause"], descending=[True, False])
    )
    return {str(cause): int(n) for cause, n in counted.iter_rows()}


def first_cause(cube: pl.DataFrame) -> str | None:
    """The commonest cause of a part of the run, None where nobody was wronged."""
    return next(iter(causes_of(cube)), None)


SHOWN_PHASES: Final = (Phase.WARM_UP, Phase.CALM, Phase.BETWEEN, Phase.RECOVERY)


def slices_of(frame: pl.DataFrame, cube: pl.DataFrame, phases: Phases) -> tuple[Slice, ...]:
    """Every slice of the run: attempts, phases with windows in the order of time, segments, files."""
    measured = cube.filter("measured")
    in_time = [*_phases(cube, phases), *_windows(measured, phases)]
    return (
        *_attempts(measured, frame.lazy().filter("measured")),
        *sorted(in_time, key=lambda part: (part.start_s is None, part.start_s or 0.0, part.name)),
        *(_slice("segment", name.value, measured.filter(pl.col("segment") == name.value)) for name in Segment),
        *(_slice("file", name.value, measured.filter(pl.col("file") == name.value)) for name in File),
    )


def _attempts(measured: pl.DataFrame, frame: pl.LazyFrame) -> Iterator[Slice]:
    yield _slice("attempt", "request", measured)
    yield _slice("attempt", "first", measured.filter("first"))
    yield _slice("attempt", "final", measured.filter("final"))
    people = int(frame.select(pl.col("applicant").n_unique()).collect().item())
    yield Slice("attempt", "people", people, rates_of_people(frame), first_cause(measured))


def _phases(cube: pl.DataFrame, phases: Phases) -> Iterator[Slice]:
    for phase in SHOWN_PHASES:
        part = cube.filter(pl.col("phase") == phase.value)
        bounds = phases.bounds(phase)
        if bounds or not part.is_empty():
            yield _slice("phase", phase.value, part, *(bounds or (None, None)))


def _windows(measured: pl.DataFrame, phases: Phases) -> Iterator[Slice]:
    for index, window in enumerate(phases.windows):
        yield _slice("window", window.name, measured.filter(window_column(index)), window.start_s, window.end_s)


def _slice(kind: str, name: str, cube: pl.DataFrame, start_s: float | None = None, end_s: float | None = None) -> Slice:
    return Slice(kind, name, int(cube["n"].sum()), rates_of(cube), first_cause(cube), start_s, end_s)
