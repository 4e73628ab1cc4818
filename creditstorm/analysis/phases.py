"""Which part of the run an arrival belongs to: by its *intended* instant, against verified marks, with guard bands.

A request that may have met both worlds counts in the run and in its segment, but in no window, calm, between or
recovery: at the onset every one intended from a deadline of the lender and 0.25 s before the fault was applied until
0.25 s after it was effective; at the clear every one intended within 0.25 s of the mark. The cut looks at the
intended instant alone: without those still in flight calm would lack its late ones, and look better than it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

import polars as pl
from creditstorm.analysis.drawn import Window
from creditstorm.credit import SERVICES, EvidenceStatus
from creditstorm.record.marks import FaultCleared, FaultEffective, FaultMark, FaultUnverified, Mark
from creditstorm.scenario.threshold import GUARD_S, Phase


@dataclass(frozen=True, slots=True)
class FaultMarks:
    """One fault's instants; None is a mark that never came. `unverified` holds the reason of a failed probe.

    `met` is how many requests met it by the count of the service itself, None where that did not count.
    """

    name: str
    kind: str
    target: str
    applied_s: float
    effective_s: float | None
    cleared_s: float | None
    unverified: str | None
    met: int | None = None

    @property
    def length_s(self) -> float:
        """Seconds between the two verified marks, 0 where one is missing."""
        return self.cleared_s - self.effective_s if self.cleared_s is not None and self.effective_s is not None else 0.0


def fault_marks_of(marks: Iterable[Mark]) -> tuple[FaultMarks, ...]:
    """The faults that were at least applied, in the order of their first mark."""
    by_fault: dict[str, list[FaultMark]] = {}
    for mark in marks:
        if isinstance(mark, FaultMark):
            by_fault.setdefault(mark.fault, []).append(mark)
    found = (_of_one_fault(name, own) for name, own in by_fault.items())
    return tuple(sorted(found, key=lambda fault: (fault.applied_s, fault.name)))


def _of_one_fault(name: str, marks: Sequence[FaultMark]) -> FaultMarks:
    cleared = [mark for mark in marks if isinstance(mark, FaultCleared)]
    return FaultMarks(
        name=name,
        kind=marks[0].kind,
        target=marks[0].target,
        applied_s=min(mark.t_s for mark in marks),
        effective_s=min((mark.t_s for mark in marks if isinstance(mark, FaultEffective)), default=None),
        cleared_s=max((mark.t_s for mark in cleared), default=None),
        unverified=next((mark.reason for mark in marks if isinstance(mark, FaultUnverified)), None),
        met=max((mark.met for mark in cleared if mark.met is not None), default=None),
    )


PHASES: Final = pl.Enum([phase.value for phase in Phase])


@dataclass(frozen=True, slots=True)
class Phases:
    """The time axis of a run: `end_s` is the end of its arrivals, `last_s` the last instant anything was seen.

    `deadline_s` is how long the lender works on a request at most.
    """

    warm_up_s: float
    end_s: float
    last_s: float
    faults: tuple[FaultMarks, ...]
    deadline_s: float = 0.0

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows of the faults that were verified to take effect."""
        return tuple(
            Window(t.name, t.kind, t.target, t.effective_s, self.last_s if t.cleared_s is None else t.cleared_s)
            for t in self.faults
            if t.effective_s is not None
        )

    @property
    def calm_end_s(self) -> float:
        """Where calm ends: who asks later may still be in flight when the first fault is applied."""
        return min((self.onset_s(fault) for fault in self.faults), default=float("inf"))

    def onset_s(self, fault: FaultMarks) -> float:
        """From when on a request may meet the fault."""
        return fault.applied_s - self.deadline_s - GUARD_S

    @property
    def recovery_start_s(self) -> float:
        """Where recovery begins: the last fault was verified clear; never, while one is not or there was none."""
        ends = [float("inf") if fault.cleared_s is None else fault.cleared_s for fault in self.faults]
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
        _in_window(window, phases).alias(window_column(index)) for index, window in enumerate(phases.windows)
    )
    in_any_window = _any([pl.col(window_column(index)) for index in range(len(phases.windows))])
    return frame.with_columns(
        pl.when(intended < phases.warm_up_s)
        .then(_named(Phase.WARM_UP))
        .when(in_any_window)
        .then(_named(Phase.FAULT))
        .when(_any([_straddles(fault, phases) for fault in phases.faults]))
        .then(_named(Phase.EDGE))
        .when(intended < phases.calm_end_s)
        .then(_named(Phase.CALM))
        .when(intended >= phases.recovery_start_s)
        .then(_named(Phase.RECOVERY))
        .when(intended.is_not_null())
        .then(_named(Phase.BETWEEN))
        .cat.to(PHASES)
        .alias("phase")
    )


def _named(phase: Phase) -> pl.Expr:
    # By its place: as text it would be sixteen bytes an arrival on the way.
    return pl.lit(list(Phase).index(phase), pl.UInt8)


def _own(phases: Phases, window: Window) -> FaultMarks:
    return next(fault for fault in phases.faults if fault.name == window.name)


def _in_window(window: Window, phases: Phases) -> pl.Expr:
    intended, fault = pl.col("intended_s"), _own(phases, window)
    inside = intended >= window.start_s
    if fault.cleared_s is not None:
        inside &= intended < fault.cleared_s
    return (inside & pl.col("measured") & ~_straddles(fault, phases)).fill_null(value=False)


def _straddles(fault: FaultMarks, phases: Phases) -> pl.Expr:
    effective_s = fault.applied_s if fault.effective_s is None else fault.effective_s
    intended = pl.col("intended_s")
    at_onset = (intended >= phases.onset_s(fault)) & (intended < effective_s + GUARD_S)
    if fault.cleared_s is None:
        return at_onset
    return at_onset | ((intended > fault.cleared_s - GUARD_S) & (intended < fault.cleared_s + GUARD_S))


def in_contact(frame: pl.DataFrame, phases: Phases) -> pl.Expr:
    """Whether a request met the fault of any window."""
    return _any([contact(window, timed=timed(frame, window)) for window in phases.windows])


def timed(frame: pl.DataFrame, window: Window) -> bool:
    """Whether the record says when the target of a window was called."""
    column = f"{window.target}_began_s"
    return column in frame.columns and frame[column].null_count() < frame.height


def contact(window: Window, *, timed: bool) -> pl.Expr:
    """Whether a request met the fault of a window: the call to its target, where it was `timed`, overlaps the window.

    Where calls were not timed (a record before schema 4), or the target is no service of its own, whether the whole
    request overlaps it and the target was not left out.
    """
    asked = pl.col("sent_s").is_not_null()
    began, ended = pl.col("sent_s"), pl.coalesce("done_s", "intended_s")
    if window.target in SERVICES:
        asked &= pl.col(f"{window.target}_status").fill_null(EvidenceStatus.LATE.value) != EvidenceStatus.SKIPPED.value
        if timed:
            silent = pl.col(f"{window.target}_status").is_null()
            began = pl.when(silent).then(began).otherwise(pl.col(f"{window.target}_began_s"))
            ended = pl.when(silent).then(ended).otherwise(pl.col(f"{window.target}_ended_s"))
    return (asked & (began < window.end_s) & (ended > window.start_s)).fill_null(value=False)


def _any(conditions: list[pl.Expr]) -> pl.Expr:
    return reduce(or_, conditions, pl.lit(value=False))
