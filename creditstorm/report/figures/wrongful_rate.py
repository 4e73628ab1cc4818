"""The wrongful rate over time, with its interval band."""

from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.summary import Recovery, Summary
from creditstorm.report import canvas, numbers, style, words
from creditstorm.report.figures import time_axis

COLOUR: Final = style.OUTCOMES["wrongful_no_credit"].colour


def draw(summary: Summary, timeline: Timeline) -> canvas.Picture:
    """The share of eligible requests told "no credit", a step a bin, with the calm level and a 95 % band.

    The band is Wilson's of each bin by itself: what chance alone does to so few requests. It says nothing of how bins
    differ, which the intervals of the tables allow for.
    """
    paper, axes = time_axis.panel(title(summary, timeline), timeline)
    x = time_axis.edges(timeline)
    low, high = time_axis.steps(timeline.wrongful_low), time_axis.steps(timeline.wrongful_high)
    if timeline.t_s.size:
        axes.fill_between(x, low, high, step="post", color=COLOUR, alpha=0.25, lw=0)
        axes.step(x, time_axis.steps(timeline.wrongful), where="post", color=COLOUR, lw=1.6)
    band = Patch(color=COLOUR, alpha=0.25, lw=0, label="chance alone, 95 %")
    handles: list[Artist] = [Line2D([], [], color=COLOUR, lw=1.6, label="rate"), band]
    if summary.calm_floor is not None:
        label = f"calm floor {numbers.percent(summary.calm_floor)}"
        handles.append(axes.axhline(summary.calm_floor, color=style.INK, lw=1, ls=":", label=label))
    time_axis.as_percent(axes)
    axes.set_ylabel("of eligible requests")
    paper.legend(handles)
    alt = "Share of eligible requests answered “no credit” over the seconds of the run, with a 95 % band."
    return paper.sheet.finish("wrongful_rate", alt)


def title(summary: Summary, timeline: Timeline) -> str:
    """The peak, the calm level and the way back."""
    if not np.isfinite(timeline.wrongful).any():
        return "Nobody eligible asked: there is no wrongful rate"
    peak = _peak(timeline)
    at = f"{timeline.t_s[peak]:.0f} s"
    if not np.nanmax(timeline.wrongful) > 0:
        return "Not one eligible request was told “no credit”, in any second of the run"
    calm = words.wrongful(summary.slice("phase", "calm"))
    text = f"Wrongful “no credit” peaked at {numbers.percent(float(timeline.wrongful[peak]))} at {at}"
    text += f" (calm: {numbers.percent(calm)})" if calm is not None else ""
    return text + "".join(f"; {_worst_recovery(recovery)}" for recovery in summary.recovery[:2])


def _peak(timeline: Timeline) -> int:
    # The second that is surely high, not one where two people happened to ask: the highest lower bound.
    settled = np.where(timeline.t_s >= timeline.warm_up_s, timeline.wrongful_low, np.nan)
    return int(np.nanargmax(settled if np.isfinite(settled).any() else timeline.wrongful))


def _worst_recovery(recovery: Recovery) -> str:
    fault = time_axis.short(recovery.name)
    if recovery.seconds is None:
        not_back = "still not back" if recovery.low_s + 1.0 >= recovery.observed_s > 0.0 else "not shown back"
        return f"{not_back} at calm {numbers.seconds(recovery.observed_s)} after {fault} cleared"
    when = f"{numbers.seconds(recovery.seconds)} after" if recovery.seconds else "as soon as"
    return f"back at calm {when} {fault} cleared"
