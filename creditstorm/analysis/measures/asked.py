"""Who asked when: counts a second and stratum of any part of a run, with people kept whole.

Strata are the phases and fault windows: their instants were chosen, so a share may differ between them by design.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.frame import OUTCOMES
from creditstorm.analysis.phases import Phases, window_column
from creditstorm.analysis.statistics.seconds import Counts, Share
from creditstorm.scenario.threshold import Phase


@dataclass(frozen=True, slots=True)
class Asked:
    """Every arrival of the frame; `order` sorts them by person and instant, the other arrays are in that order.

    `cell` is stratum × `seconds` + second of the intended instant; `outcome` the place of the outcome in `OUTCOMES`.
    """

    frame: pl.DataFrame
    order: NDArray[np.uint32]
    applicant: NDArray[np.int64]
    cell: NDArray[np.int32]
    eligible: NDArray[np.bool_]
    outcome: NDArray[np.uint8]
    seconds: int

    def part(self, scope: pl.Expr, *, of_eligible: bool | None = None) -> "Part":
        """The part of the run in this scope, of the eligible or the ineligible alone where that is said."""
        inside = self._column(scope)[self.order]
        if of_eligible is not None:
            inside = inside & (self.eligible if of_eligible else ~self.eligible)
        rows = np.flatnonzero(inside)
        applicant = self.applicant[rows]
        first = np.ones(len(rows), dtype=np.bool_)
        first[1:] = applicant[1:] != applicant[:-1]
        return Part(self, rows, first)

    def column(self, part: "Part", values: pl.Expr) -> NDArray[np.bool_]:
        """A boolean column of the frame over the rows of a part."""
        return np.asarray(self._column(values)[self.order[part.rows]])

    def _column(self, values: pl.Expr) -> NDArray[np.bool_]:
        # A literal, the scope of a window that never was, is one value for every row.
        whole = self.frame.lazy().select(pl.col("eligible"), values.fill_null(value=False).alias("value"))
        return whole.collect()["value"].to_numpy()


@dataclass(frozen=True, slots=True)
class Part:
    """Some arrivals by person and instant; `first` marks where a person begins."""

    asked: Asked
    rows: NDArray[np.intp]
    first: NDArray[np.bool_]

    def having(self, outcomes: Collection[str]) -> NDArray[np.bool_]:
        """Which of the arrivals had one of these outcomes."""
        wanted = np.array([name in outcomes for name in OUTCOMES.categories])
        return np.asarray(wanted[self.asked.outcome[self.rows]])

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
        return Share(self.counts(home, hits, sizes, sizes * sizes))

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

    def counts(self, home: NDArray[np.int32], *columns: NDArray[np.float64]) -> Counts:
        """Hits, n and squares of entries that stand in these cells, summed a cell."""
        hits, n, squares = (np.bincount(home, column).astype(np.float64) for column in columns)
        cells = np.flatnonzero(n)
        stratum, second = np.divmod(cells, self.asked.seconds)
        order = np.argsort(second, kind="stable")
        _, stratum = np.unique(stratum, return_inverse=True)
        return Counts(second[order], stratum[order], hits[cells][order], n[cells][order], squares[cells][order])


def asked_of(frame: pl.DataFrame, phases: Phases) -> Asked:
    """Every arrival of a frame; one without an instant stands in a stratum of its own."""
    second = pl.col("intended_s").fill_null(0.0).clip(0.0).floor().cast(pl.Int32)
    stratum = pl.col("phase").to_physical().fill_null(len(Phase)).cast(pl.Int64)
    for index in range(len(phases.windows)):
        stratum += pl.col(window_column(index)).cast(pl.Int64) * (len(Phase) + 1) * 2**index
    when = frame.select(second=second, stratum=stratum)
    order = frame.select(pl.arg_sort_by("applicant", "intended_s"))["applicant"].to_numpy()
    whole_s = when["second"].to_numpy()
    seconds = int(whole_s.max(initial=0)) + 1
    place = np.searchsorted(np.sort(when["stratum"].unique().to_numpy()), when["stratum"].to_numpy())
    cell = (place * seconds + whole_s).astype(np.int32)
    return Asked(
        frame=frame,
        order=order,
        applicant=frame["applicant"].to_numpy()[order],
        cell=cell[order],
        eligible=frame["eligible"].to_numpy()[order],
        outcome=frame["outcome"].to_physical().to_numpy()[order].astype(np.uint8),
        seconds=seconds,
    )
