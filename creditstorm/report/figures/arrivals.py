"""Arrivals over time: intended, sent, answered."""

from typing import Any, Final

from matplotlib.lines import Line2D
from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.summary import Summary
from creditstorm.report import canvas, numbers, style
from creditstorm.report.figures import time_axis

LINES: Final = {
    "intended": {"color": style.MUTED, "lw": 3.4, "alpha": 0.45},
    "sent": {"color": "#0072B2", "lw": 1.5},
    "answered": {"color": "#D55E00", "lw": 1.3, "ls": (0, (3, 1.5))},
}


def draw(summary: Summary, timeline: Timeline) -> canvas.Picture:
    """Three rates a second; where the load generator falls behind, they part."""
    paper, axes = time_axis.panel(title(summary, timeline), timeline)
    series = {"intended": timeline.intended, "sent": timeline.sent, "answered": timeline.answered}
    lines: dict[str, Any] = LINES
    for name, look in lines.items():
        axes.step(time_axis.edges(timeline), time_axis.steps(series[name] / timeline.bin_s), where="post", **look)
    axes.set_ylim(bottom=0, top=None if summary.answers else 1)
    axes.set_ylabel("a second")
    paper.legend([Line2D([], [], label=name, **look) for name, look in lines.items()])
    return paper.sheet.finish("arrivals", "Arrivals intended, sent and answered a second over the seconds of the run.")


def title(summary: Summary, timeline: Timeline) -> str:
    """How much was asked, and whether the load generator kept its word."""
    honesty = summary.honesty
    if not timeline.intended.sum():
        return "No arrival was intended"
    text = f"{numbers.count(honesty.intended)} arrivals, {numbers.percent(honesty.unsent_share)} of them unsent; "
    text += f"the peak was {timeline.intended.max() / timeline.bin_s:,.0f}/s"
    if summary.retap_amplification is None:
        return text
    return f"{text}; re-taps multiplied the load by {numbers.plain(summary.retap_amplification)}"
