"""Who noticed what: each monitor over the seconds of a run, calibrated on the run's own calm."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.drawn import Window
from creditstorm.analysis.frame import SLICE
from creditstorm.analysis.monitors.cusum import Alarm, Cusum, calibrated
from creditstorm.analysis.monitors.kinds import MONITORS, SLOW
from creditstorm.analysis.phases import Phases
from creditstorm.analysis.statistics.intervals import rank, upper_bound
from creditstorm.analysis.summary import MonitorResult, Noticed
from creditstorm.scenario.monitors import MonitorName

RISE: Final = 0.05
ODDS: Final = 1.5
"""A share has risen that is so much higher than in calm, or whose odds are so many times calm's, the larger of both."""
WITHIN_S: Final = 60.0
"""Where such a rise takes longer to be noticed, the monitor says that the rate does not carry it."""


@dataclass(frozen=True, slots=True)
class BadPerSecond:
    """Answers that count, and bad ones among them, in each second of a run, by the instant of the answer."""

    bad: NDArray[np.int64]
    n: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Run:
    """The time axis, and its whole seconds between the warm-up and the first fault."""

    phases: Phases
    seed: int
    begin: int
    end: int

    @classmethod
    def of(cls, phases: Phases, seed: int) -> "_Run":
        begin = math.ceil(phases.warm_up_s)
        first_fault_s = min((fault.applied_s for fault in phases.faults), default=phases.end_s)
        return cls(phases, seed, begin, max(begin, math.floor(min(first_fault_s, phases.end_s))))

    @property
    def seconds(self) -> int:
        return max(1, math.ceil(self.phases.last_s) + 1)

    def calm(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        return counts[self.begin : self.end]

    def in_trouble(self, at_s: float) -> bool:
        """Whether a fault is on, or has been: its wake is no calm."""
        return any(fault.applied_s < at_s for fault in self.phases.faults)


def monitored(frame: pl.DataFrame, phases: Phases, names: Sequence[str], seed: int) -> tuple[MonitorResult, ...]:
    """What the monitors of these names noticed; one whose calm is not known says so, and noticed nothing.

    A second counts by the instant at which its answers came, as somebody who watches would see them; seeded, so that
    the same record gives the same alarms.
    """
    run = _Run.of(phases, seed)
    seconds = _seconds(frame, run, [MonitorName(name) for name in names])
    return tuple(_watch(name, counts, run) for name, counts in seconds.items())


def _answered(frame: pl.DataFrame, run: _Run) -> pl.LazyFrame:
    """Each answer with its second and how long it took."""
    columns = ("sent_s", "done_s", "answer", "outcome", "eligible", "technical")
    came = frame.lazy().select(columns).filter(pl.col("done_s").is_not_null() & pl.col("sent_s").is_not_null())
    second = pl.col("done_s").floor().clip(0, run.seconds - 1).cast(pl.Int32).alias("second")
    spent = (pl.col("done_s") - pl.col("sent_s")).cast(pl.Float32).alias("spent")
    return came.select(second, spent, *columns[2:])


def _usual_s(frame: pl.DataFrame, run: _Run) -> float:
    """The p99 of how long an answer took in calm; no answer is slower where none came in it."""
    in_calm = pl.col("second").is_between(run.begin, run.end, closed="left")
    parts = [_answered(part, run).filter(in_calm).select("spent").collect() for part in frame.iter_slices(SLICE)]
    usual = pl.concat(parts)["spent"].sort() if parts else ()
    return usual[rank(len(usual), 0.99) - 1] if len(usual) else math.inf


def _seconds(frame: pl.DataFrame, run: _Run, names: Sequence[MonitorName]) -> dict[MonitorName, BadPerSecond]:
    """What each monitor counts; a slice of the frame at a time, as all that it is counted from is longer than it."""
    some = {name: (MONITORS[name].of & MONITORS[name].bad, MONITORS[name].of) for name in names}
    sums = [_number(expr).alias(f"{place} {name}") for name, both in some.items() for place, expr in enumerate(both)]
    slow = (pl.col("spent") > _usual_s(frame, run)).alias(SLOW.meta.output_name())
    every = pl.LazyFrame({"second": range(run.seconds)}, schema={"second": pl.Int32})
    counted = [
        _answered(part, run).with_columns(slow).group_by("second").agg(sums).collect()
        for part in (frame.iter_slices(SLICE) if frame.height else [frame])
    ]
    whole = pl.concat(counted).lazy().group_by("second").agg(pl.all().sum())
    table = every.join(whole, "second", "left").fill_null(0).sort("second").collect()
    return {name: BadPerSecond(table[f"0 {name}"].to_numpy(), table[f"1 {name}"].to_numpy()) for name in names}


def _number(expr: pl.Expr) -> pl.Expr:
    return expr.fill_null(value=False).sum().cast(pl.Int64)


def _watch(name: MonitorName, seconds: BadPerSecond, run: _Run) -> MonitorResult:
    monitor = MONITORS[name]
    watch = MonitorResult(name.value, monitor.title, needs_truth=monitor.needs_truth)
    bad, n = int(run.calm(seconds.bad).sum()), int(run.calm(seconds.n).sum())
    if n < monitor.least_calm:
        return replace(watch, note=f"{n:,} answers in calm: {monitor.least_calm} are needed to know what is usual")
    cusum = _cusum(bad, n, run.calm(seconds.n), run.seed)
    if cusum is None:
        return replace(watch, note=f"{bad / n:.1%} already in calm: there is nothing left to rise to")
    alarms = [alarm for alarm in cusum.alarms(seconds.bad, seconds.n) if alarm.raised >= run.begin]
    return replace(
        watch,
        calm=cusum.calm,
        risen=cusum.risen,
        false_alarms_expected=cusum.false_alarms,
        noticed=tuple(_noticed(window, alarms, run.phases) for window in run.phases.windows),
        false_alarms=sum(1 for alarm in alarms if not run.in_trouble(alarm.raised + 1.0)),
        note=_too_slow(cusum, n / max(1, run.end - run.begin)),
    )


def _cusum(bad: int, n: int, per_second: NDArray[np.int64], seed: int) -> Cusum | None:
    # By its upper bound: a calm level that was read too low would raise alarms for ever.
    calm = upper_bound(bad, n)
    if calm >= 1.0:
        return None
    odds = ODDS * calm / (1.0 - calm)
    risen = max(calm + RISE, odds / (1.0 + odds))
    return calibrated(calm, risen, per_second, seed) if risen < 1.0 else None


def _too_slow(cusum: Cusum, per_second: float) -> str:
    delay_s = cusum.typical_delay_s(per_second)
    if delay_s <= WITHIN_S:
        return ""
    rise = f"from {cusum.calm:.1%} to {cusum.risen:.1%}"
    return f"at {per_second:.3g} answers a second a rise {rise} takes about {delay_s:.0f} s to be noticed"


def _noticed(window: Window, alarms: Sequence[Alarm], phases: Phases) -> Noticed:
    """The first alarm from the onset of a fault until the next one begins."""
    until_s = min((w.start_s for w in phases.windows if w.start_s > window.start_s), default=math.inf)
    if any(alarm.raised + 1.0 <= window.start_s < (alarm.ended or math.inf) for alarm in alarms):
        return Noticed(window.name, note="an alarm was on already")
    first = next((alarm for alarm in alarms if window.start_s < alarm.raised + 1.0 <= until_s), None)
    if first is None:
        return Noticed(window.name)
    cleared_s = None if first.ended is None else max(0.0, first.ended + 1.0 - window.end_s)
    return Noticed(window.name, first.raised + 1.0 - window.start_s, cleared_s)
