"""Who noticed what, told from the whole record of a run."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import polars as pl
import pyarrow as pa
from creditstorm.analysis.detection import AlarmTimes, MonitorResult, Noticed
from creditstorm.analysis.drawn import Window
from creditstorm.analysis.frame import SLICE
from creditstorm.analysis.monitors.cusum import Alarm, Calibrate, calibrated
from creditstorm.analysis.monitors.kinds import monitors_by_name
from creditstorm.analysis.monitors.race import CalmSeconds, Learned, Race
from creditstorm.analysis.phases import Phases
from creditstorm.analysis.run_data import columns_of


def monitored(
    frame: pl.DataFrame,
    phases: Phases,
    names: Sequence[str],
    complaints: pa.Table | None = None,
    calibrate: Calibrate = calibrated,
) -> tuple[MonitorResult, ...]:
    """What the monitors of these names noticed; one whose calm is not known says so, and noticed nothing."""
    first_fault_s = min((fault.applied_s for fault in phases.faults), default=phases.end_s)
    calm = CalmSeconds.of(phases.warm_up_s, min(first_fault_s, phases.end_s))
    race = Race(names, calibrate)
    # A slice of the frame at a time, as all that it is counted from is longer than it.
    parts = [part.select("sent_s", "done_s", *race.columns) for part in frame.iter_slices(SLICE)]
    in_calm = pl.col("done_s") < calm.end
    late = [] if complaints is None else [race.complained(columns_of(complaints, ["t_s"]))]
    race.learn([*(race.sighted(part.filter(in_calm)) for part in parts), *late], calm)
    seconds = max(1, math.ceil(phases.last_s) + 1)
    alarms: dict[str, dict[int, Alarm]] = {name: {} for name in names}
    sights = chain(map(race.sighted, parts), late)
    for name, alarm in race.take(race.counted(map(race.flagged, sights), 0, seconds)):
        if alarm.raised >= calm.begin:
            alarms[name][alarm.raised] = alarm
    return tuple(_watch(name, race.learned[name], list(alarms[name].values()), phases) for name in names)


def _watch(name: str, learned: Learned, alarms: Sequence[Alarm], phases: Phases) -> MonitorResult:
    kind = monitors_by_name()[name]
    watch = MonitorResult(name, kind.title, needs_truth=kind.needs_truth, note=learned.note)
    cusum = learned.cusum
    if cusum is None:
        return watch
    return replace(
        watch,
        calm=cusum.calm,
        risen=cusum.risen,
        false_alarms_expected=cusum.false_alarms,
        noticed=tuple(_noticed(window, alarms, phases) for window in phases.windows),
        false_alarms=sum(1 for alarm in alarms if not _in_trouble(alarm.raised + 1.0, phases)),
        alarms=tuple(AlarmTimes(a.raised + 1.0, None if a.ended is None else a.ended + 1.0) for a in alarms),
    )


def _in_trouble(at_s: float, phases: Phases) -> bool:
    """Whether a fault is on, or has been: its wake is no calm."""
    return any(fault.applied_s < at_s for fault in phases.faults)


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
