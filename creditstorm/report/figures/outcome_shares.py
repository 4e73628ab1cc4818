"""Outcome shares over time: of every hundred answers, how many were right, wrong, deferred, lost."""

from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray
from creditstorm.analysis.drawn import Timeline, Window
from creditstorm.analysis.headline import trouble
from creditstorm.analysis.summary import Summary
from creditstorm.report import canvas, numbers, style
from creditstorm.report.figures import time_axis

COLUMNS: Final = 4


def draw(summary: Summary, timeline: Timeline) -> canvas.Picture:
    """Stacked shares of all answers by outcome, per bin."""
    shown = sum(1 for counts in timeline.outcomes.values() if counts.any())
    paper, axes = time_axis.panel(title(summary, timeline), timeline, legend_rows=max(1, ceil(shown / COLUMNS)))
    patches = time_axis.stack(axes, timeline, time_axis.shares(timeline.outcomes), style.OUTCOMES)
    time_axis.as_percent(axes)
    axes.set_ylabel("share of answers")
    paper.legend(patches, columns=COLUMNS)
    alt = "Shares of answers by outcome over the seconds of the run, stacked to 100 %."
    return paper.sheet.finish("outcome_shares", alt)


def title(summary: Summary, timeline: Timeline) -> str:
    """How far the share of correct answers fell."""
    correct = timeline.outcomes.get("correct")
    if correct is None or not summary.answers:
        return "No answer was correct" if summary.answers else "No answers: there are no outcomes to share out"
    worst = min(timeline.windows, key=lambda window: _correct(timeline, window), default=None)
    if worst is None or np.isnan(_correct(timeline, worst)):
        return f"{numbers.percent(_share(timeline, timeline.t_s >= timeline.warm_up_s))} of answers were correct"
    calm = _share(
        timeline, time_axis.inside(timeline, timeline.warm_up_s, min(window.start_s for window in timeline.windows))
    )
    fell = f"from {numbers.percent(calm)} in calm to" if np.isfinite(calm) else "to"
    return f"Correct answers went {fell} {numbers.percent(_correct(timeline, worst))} while {trouble(worst)}"


def _correct(timeline: Timeline, window: Window) -> float:
    return _share(timeline, time_axis.inside(timeline, window.start_s, window.end_s))


def _share(timeline: Timeline, bins: NDArray[np.bool_]) -> float:
    total = sum(int(values[bins].sum()) for values in timeline.outcomes.values())
    return float(timeline.outcomes["correct"][bins].sum()) / total if total else float("nan")
