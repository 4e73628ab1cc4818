"""Which part of the run an arrival belongs to: by its *intended* instant, against verified marks, with guard bands.

A request that met both worlds counts in the run and in its segment, but in no window, calm, between or recovery:

* at the onset, every one whose life from intended instant to end touches [applied − 0.25 s, effective + 0.25 s], so
  that calm holds no request that was still in flight when the fault struck;
* at the clear, every one intended within 0.25 s of the mark that was still in flight at it (an interrupted Toxiproxy
  toxic lets the chunk in flight pass, a removed one drops connections). One intended earlier met the fault and stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from creditstorm.analysis.fault_marks import FaultMarks
from creditstorm.analysis.summary import Window

GUARD_S: Final = 0.25


class Phase(StrEnum):
    """The part of the run, each arrival in exactly one; `edge` is the guard band of a fault."""

    WARM_UP = "warm_up"
    CALM = "calm"
    FAULT = "fault"
    EDGE = "edge"
    BETWEEN = "between"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Phases:
    """The time axis of a run: `end_s` is the end of its arrivals, `last_s` the last instant anything was seen."""

    warm_up_s: float
    end_s: float
    last_s: float
    troubles: tuple[FaultMarks, ...]

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows of the faults that were verified to take effect."""
        return tuple(
            Window(t.name, t.kind, t.target, t.effective_s, self.last_s if t.cleared_s is None else t.cleared_s)
            for t in self.troubles
            if t.effective_s is not None
        )

    @property
    def calm_end_s(self) -> float:
        """Where calm ends: the first fault was being applied."""
        return min((trouble.applied_s for trouble in self.troubles), default=float("inf"))

    @property
    def recovery_start_s(self) -> float:
        """Where recovery begins: the last fault was verified clear; never, while one is not or there was none."""
        ends = [float("inf") if trouble.cleared_s is None else trouble.cleared_s for trouble in self.troubles]
        return max(ends, default=float("inf"))

    def bounds(self, phase: Phase) -> tuple[float, float] | None:
        """The interval of a phase in seconds, None where it is empty or not one interval."""
        calm_end = max(self.warm_up_s, min(self.calm_end_s, self.last_s))
        interval = {
            Phase.WARM_UP: (0.0, self.warm_up_s),
            Phase.CALM: (self.warm_up_s, calm_end),
            Phase.RECOVERY: (self.recovery_start_s, self.last_s),
        }.get(phase, (0.0, 0.0))
        return interval if interval[0] < interval[1] else None


def window_column(index: int) -> str:
    """The boolean column that says whether an arrival belongs to the window `windows[index]`."""
    return f"window_{index}"


def with_phases(frame: pl.DataFrame, phases: Phases) -> pl.DataFrame:
    """The frame with `phase`, `measured` and one boolean column a window; all need an instant to be true.

    Arrivals that nobody recorded have no instant: they are measured, but belong to no phase.
    """
    intended = pl.col("intended_s")
    measured = (intended >= phases.warm_up_s).fill_null(value=True)
    frame = frame.with_columns(measured.alias("measured"))
    frame = frame.with_columns(
        _in_window(window, _own(phases, window)).alias(window_column(index))
        for index, window in enumerate(phases.windows)
    )
    in_any_window = _any([pl.col(window_column(index)) for index in range(len(phases.windows))])
    return frame.with_columns(
        pl.when(intended < phases.warm_up_s)
        .then(pl.lit(Phase.WARM_UP.value))
        .when(in_any_window)
        .then(pl.lit(Phase.FAULT.value))
        .when(_any([_straddles(trouble) for trouble in phases.troubles]))
        .then(pl.lit(Phase.EDGE.value))
        .when(intended < phases.calm_end_s)
        .then(pl.lit(Phase.CALM.value))
        .when(intended >= phases.recovery_start_s)
        .then(pl.lit(Phase.RECOVERY.value))
        .when(intended.is_not_null())
        .then(pl.lit(Phase.BETWEEN.value))
        .cast(pl.Enum([phase.value for phase in Phase]))
        .alias("phase")
    )


def _own(phases: Phases, window: Window) -> FaultMarks:
    return next(trouble for trouble in phases.troubles if trouble.name == window.name)


def _in_window(window: Window, trouble: FaultMarks) -> pl.Expr:
    intended = pl.col("intended_s")
    inside = intended >= window.start_s
    if trouble.cleared_s is not None:
        inside &= intended < trouble.cleared_s
    return (inside & pl.col("measured") & ~_straddles(trouble)).fill_null(value=False)


def _straddles(trouble: FaultMarks) -> pl.Expr:
    effective_s = trouble.applied_s if trouble.effective_s is None else trouble.effective_s
    intended, ended = pl.col("intended_s"), pl.coalesce("done_s", "intended_s")
    at_onset = (intended < effective_s + GUARD_S) & (ended > trouble.applied_s - GUARD_S)
    if trouble.cleared_s is None:
        return at_onset
    near_clear = (intended > trouble.cleared_s - GUARD_S) & (intended < trouble.cleared_s + GUARD_S)
    return at_onset | (near_clear & (ended > trouble.cleared_s - GUARD_S))


def _any(conditions: list[pl.Expr]) -> pl.Expr:
    return reduce(or_, conditions, pl.lit(value=False))
