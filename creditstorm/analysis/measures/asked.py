"""Who asked when: counts a second and stratum of any part of a run, with people kept whole.

Strata are the phases and fault windows: their instants were chosen, so a share may differ between them by design.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.combinations import Codes, distinct
from creditstorm.analysis.cube import column_of, cube_of
from creditstorm.analysis.phases import Phases, window_column
from creditstorm.analysis.statistics.seconds import Counts, Share
from creditstorm.scenario.threshold import Phase


@dataclass(frozen=True, slots=True)
class Asked:
    """Every arrival of the frame; `order` sorts them by person and instant, the other arrays are in that order.

    `person` numbers the people, `code` is the row of `cube`, `cell` is stratum × `seconds` + second of the intended
    instant.
    """

    frame: pl.DataFrame
    cube: pl.DataFrame
    order: NDArray[np.uint32]
    person: NDArray[np.uint32]
    code: Codes
    cell: NDArray[np.int32]
    seconds: int

    def judged_again(self, frame: pl.DataFrame, phases: Phases) -> "Asked":
        """The same arrivals in the frame of another oracle, which changes what became of them and nothing else."""
        cube = cube_of(frame, phases)
        return replace(self, frame=frame, cube=cube.table, code=cube.code[self.order])

    def part(self, scope: pl.Expr, *, of_eligible: bool | None = None) -> "Part":
        """The part of the run in this scope, of the eligible or the ineligible alone where that is said."""
        inside = self._column(scope)
        if of_eligible is not None:
            inside = inside & self._column(pl.col("eligible") == of_eligible)
        rows = np.flatnonzero(inside).astype(np.uint32)
        person = self.person[rows]
        first = np.ones(len(rows), dtype=np.bool_)
        first[1:] = person[1:] != person[:-1]
        return Part(self, rows, first)

    def people(self, scope: pl.Expr) -> "Part":
        """The first arrival in this scope of each person that somebody recorded."""
        part = self.part(scope)
        rows = part.rows[part.first]
        # Arrivals that nobody recorded have negative numbers: they are nobody in particular.
        rows = rows[self.frame["applicant"].to_numpy()[self.order[rows]] >= 0]
        return Part(self, rows, np.ones(len(rows), dtype=np.bool_))

    def sessions(self, part: "Part") -> int:
        """How many sessions the arrivals of a part belong to."""
        return distinct(self.frame["session"].to_numpy()[self.order[part.rows]])

    def column(self, part: "Part", values: pl.Expr) -> NDArray[np.bool_]:
        """A boolean column of the frame over the rows of a part."""
        if self._knows(values):
            return column_of(self.cube, values)[self.code[part.rows]]
        return column_of(self.frame, values)[self.order[part.rows]]

    def _column(self, values: pl.Expr) -> NDArray[np.bool_]:
        """A boolean column of the frame in the order of people."""
        if self._knows(values):
            return column_of(self.cube, values)[self.code]
        return column_of(self.frame, values)[self.order]

    def _knows(self, values: pl.Expr) -> bool:
        return set(values.meta.root_names()) <= set(self.cube.columns)


@dataclass(frozen=True, slots=True)
class Part:
    """Some arrivals by person and instant; `first` marks where a person begins."""

    asked: Asked
    rows: NDArray[np.uint32]
    first: NDArray[np.bool_]

    def having(self, outcomes: Collection[str]) -> NDArray[np.bool_]:
        """Which of the arrivals had one of these outcomes."""
        return self.asked.column(self, pl.col("outcome").is_in(sorted(outcomes)))

    def requests(self, hit: NDArray[np.bool_]) -> Share:
        """The share of requests that are hits, each in the second in which its person first asked."""
        starts = np.flatnonzero(self.first)
        sizes = np.diff(starts, append=len(self.rows)).astype(np.float64)
        hits = np.add.reduceat(hit, starts, dtype=np.float64) if len(starts) else sizes
        return self._share(starts, hits, sizes)

    def people(self, hit: NDArray[np.bool_]) -> Share:
        """The share of people with at least one hit, each in the second in which they first asked."""
        starts = np.flatnonzero(self.first)
        hits = np.logical_or.reduceat(hit, starts) if len(starts) else np.zeros(0)
        return self._share(starts, hits.astype(np.float64), np.ones(len(starts)))

    def _share(self, starts: NDArray[np.intp], hits: NDArray[np.float64], sizes: NDArray[np.float64]) -> Share:
        home = self.asked.cell[self.rows[starts]]
        sums = [np.bincount(home, column) for column in (hits, sizes, sizes * sizes)]
        return Share(counts_of(sums, self.asked.seconds))

    def attempts(self) -> tuple[Share, float]:
        """The attempts of every session, as sums a second, and their spread; each person in their first second."""
        starts = np.flatnonzero(self.first)
        session = self.asked.frame["session"].to_numpy()[self.asked.order[self.rows]]
        begins = np.zeros(len(self.rows))
        begins[np.unique(session, return_index=True)[1]] = 1.0
        sessions = np.add.reduceat(begins, starts) if len(starts) else begins
        attempts = np.diff(starts, append=len(self.rows)).astype(np.float64)
        mean = attempts.sum() / max(1.0, sessions.sum())
        return self._share(starts, attempts, sessions), float(((attempts - mean * sessions) ** 2).sum())


def counts_of(sums: Sequence[NDArray[np.floating] | NDArray[np.integer]], seconds: int) -> Counts:
    """Counts from the hits, n and squares of each cell, of which there are `seconds` a stratum."""
    hits, n, squares = (np.asarray(one, dtype=np.float64) for one in sums)
    cells = np.flatnonzero(n)
    stratum, second = np.divmod(cells, seconds)
    order = np.argsort(second, kind="stable")
    _, stratum = np.unique(stratum, return_inverse=True)
    return Counts(second[order], stratum[order], hits[cells][order], n[cells][order], squares[cells][order])


def asked_of(frame: pl.DataFrame, phases: Phases) -> Asked:
    """Every arrival of a frame; one without an instant stands in a stratum of its own."""
    cube = cube_of(frame, phases)
    order = _by_person(frame)
    applicant = frame["applicant"].to_numpy()[order]
    begins = np.zeros(len(order), dtype=np.uint32)
    begins[1:] = applicant[1:] != applicant[:-1]
    del applicant
    whole_s = frame.select(pl.col("intended_s").fill_null(0.0).clip(0.0).floor().cast(pl.Int32)).to_series().to_numpy()
    seconds = int(whole_s.max(initial=0)) + 1
    cell = _strata(cube.table, phases)[cube.code] * np.int32(seconds) + whole_s
    return Asked(
        frame=frame,
        cube=cube.table,
        order=order,
        person=np.cumsum(begins, dtype=np.uint32),
        code=cube.code[order],
        cell=cell.astype(np.int32)[order],
        seconds=seconds,
    )


def _by_person(frame: pl.DataFrame) -> NDArray[np.uint32]:
    """The rows by person and instant."""
    if frame["intended_s"].is_sorted():  # as they are recorded: then one stable sort does
        return np.argsort(frame["applicant"].to_numpy(), kind="stable").astype(np.uint32)
    return frame.select(pl.arg_sort_by("applicant", "intended_s"))["applicant"].to_numpy()


def _strata(table: pl.DataFrame, phases: Phases) -> NDArray[np.int32]:
    """The stratum of each combination: one a phase and set of windows, numbered without gaps."""
    strata = table.select("phase", *(window_column(index) for index in range(len(phases.windows))))
    number = strata.with_columns(pl.col("phase").to_physical().fill_null(len(Phase))).to_numpy()
    return np.unique(number, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int32)
