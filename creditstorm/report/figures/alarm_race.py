"""The alarm race: when each monitor had its alarm on, on the axis of seconds of the storm strip above it."""

from matplotlib.axes import Axes
from creditstorm.analysis.detection import MonitorResult
from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.headline import trouble
from creditstorm.analysis.summary import Summary
from creditstorm.report import canvas, numbers, style, words
from creditstorm.report.figures import time_axis
from creditstorm.report.figures.storm_strip import LEFT_IN, RIGHT_IN, WIDTH_IN

LANE_IN = 0.42
ALARM, IDEAL_HATCH = "#0072B2", "////"


def draw(summary: Summary, timeline: Timeline) -> canvas.Picture:
    """A lane a monitor, the alarm as a bar."""
    lanes = max(1, len(summary.monitors))
    paper = canvas.sheet(title(summary, timeline), width_in=WIDTH_IN, height_in=LANE_IN * lanes + 0.7)
    axes = paper.place(LEFT_IN, 0.1, WIDTH_IN - LEFT_IN - RIGHT_IN, LANE_IN * lanes)
    time_axis.prepare(axes, timeline, named=False)
    axes.set_ylim(lanes, 0)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.set_xlabel("seconds since the start of the load (by the instant of the answer)")
    for row, watch in enumerate(summary.monitors):
        _lane(axes, row, watch, axes.get_xlim()[1])
    told = "; ".join(f"{watch.title} {_told(watch)}" for watch in summary.monitors) or "none"
    return paper.finish("alarm_race", f"A lane a monitor, with a bar while its alarm is on: {told}.")


def title(summary: Summary, timeline: Timeline) -> str:
    """Who noticed first what a lender could notice, in one sentence."""
    known = [watch for watch in summary.monitors if watch.calm is not None and not watch.needs_truth]
    if not known:
        return "No monitor knew enough of calm to notice anything"
    if not timeline.windows:
        alarms = sum(watch.false_alarms for watch in known)
        return (
            f"Nothing was wrong, and {'no monitor raised an alarm' if not alarms else f'{alarms} alarms were raised'}"
        )
    window = words.noticed_worst(summary, timeline.windows)
    seen = [(one.after_s, watch.title) for watch in known for one in watch.noticed if one.fault == window.name]
    timed = sorted((after_s, name) for after_s, name in seen if after_s is not None)
    if not timed:
        return f"Nobody noticed that {trouble(window)}"
    after_s, first = timed[0]
    never = [name for seconds, name in seen if seconds is None]
    rest = f"; never: {', '.join(never)}" if never else ""
    return f"That {trouble(window)} was noticed first by {first}, after {numbers.seconds(after_s)}{rest}"


def _told(watch: MonitorResult) -> str:
    if watch.calm is None:
        return "knows too little of calm"
    many = len(watch.noticed) > 1
    after = [
        (one.fault, "never" if one.after_s is None else f"after {numbers.seconds(one.after_s)}")
        for one in watch.noticed
    ]
    told = [f"{fault} {when}" if many else when for fault, when in after]
    false = [f"{watch.false_alarms} false"] if watch.false_alarms else []
    return " · ".join([*told, *false]) or "no alarm"


def _lane(axes: Axes, row: int, watch: MonitorResult, end_s: float) -> None:
    colour, hatch = (style.MUTED, IDEAL_HATCH) if watch.needs_truth else (ALARM, "")
    for alarm in watch.alarms:
        until_s = end_s if alarm.ended_s is None else min(alarm.ended_s, end_s)
        length_s = max(until_s - alarm.raised_s, 0.0)
        axes.barh(
            row + 0.72, length_s, left=alarm.raised_s, height=0.4, color=colour, hatch=hatch, ec=style.PAPER, lw=0.5
        )
    axes.text(
        0.004, row + 0.28, f"{watch.title}{words.IDEAL if watch.needs_truth else ''} · {_told(watch)}",
        transform=axes.get_yaxis_transform(), va="center", size=8.5, color=style.INK if watch.alarms else style.MUTED,
    )  # fmt: skip
    if row:
        axes.axhline(row, color=style.GRID, lw=0.6, zorder=0.4)
