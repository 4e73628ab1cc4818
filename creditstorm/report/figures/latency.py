"""Latency quantiles over time, from the intended instant and from the send, on a log axis."""

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.summary import Summary
from creditstorm.report import canvas, numbers, style
from creditstorm.report.figures import time_axis

FROM: Final = {"intended": "-", "sent": (0, (2, 1.5))}
INSTANT: Final = {"intended": "from the intended instant", "sent": "from the send"}
WIDTHS: Final = {"p50": 1.2, "p90": 1.4, "p95": 1.6, "p99": 2.0}


def draw(summary: Summary, timeline: Timeline) -> canvas.Picture:
    """Each quantile in its colour and width, solid from the intended instant, dashed from the send."""
    paper, axes = time_axis.panel(title(summary), timeline, legend_rows=2)
    drawn = [name for name in style.QUANTILES if _line(axes, timeline, name)]
    axes.set_yscale("log")
    if drawn:
        _frame(axes, timeline)
    else:
        axes.set_ylim(0.01, 10)
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.seconds(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel("time to a decision")
    names = [Line2D([], [], color=style.QUANTILES[name], lw=WIDTHS[name], label=name) for name in drawn]
    ways = [Line2D([], [], color=style.INK, lw=1.3, ls=dashes, label=INSTANT[key]) for key, dashes in FROM.items()]
    paper.legend(ways, columns=2)
    paper.legend(names, columns=4, row=1)
    alt = "Latency quantiles over the run on a logarithmic axis, from the intended instant and from the send."
    return paper.sheet.finish("latency", alt)


def title(summary: Summary) -> str:
    """The highest quantile that the run can give, from both instants."""
    by = {latency.measured_from: latency for latency in summary.latency}
    intended = by.get("intended")
    if intended is None or not intended.quantiles_s:
        return "Too few decisions for a latency quantile"
    highest = max(intended.quantiles_s, key=lambda name: float(name.removeprefix("p")))
    share = f"{highest.removeprefix('p')} % of {numbers.count(intended.n)} decisions"
    text = f"{share} came within {numbers.seconds(intended.quantiles_s[highest])} of the intended instant"
    sent = by.get("sent")
    if sent is None or highest not in sent.quantiles_s:
        return text
    return f"{text}, {numbers.seconds(sent.quantiles_s[highest])} of the send"


def _line(axes: Axes, timeline: Timeline, name: str) -> bool:
    drawn = False
    for way, dashes in FROM.items():
        values = timeline.quantiles_s.get((way, name))
        if values is None or not np.isfinite(values).any():
            continue
        look: Any = {"color": style.QUANTILES[name], "lw": WIDTHS[name], "ls": dashes}
        axes.plot(timeline.t_s + timeline.bin_s / 2, values, **look, marker="o", ms=1.6)
        drawn = True
    return drawn


def _frame(axes: Axes, timeline: Timeline) -> None:
    seen = np.concatenate(
        [v[np.isfinite(v) & (v > 0)] for (_, name), v in timeline.quantiles_s.items() if name in WIDTHS]
    )
    if seen.size:
        axes.set_ylim(float(seen.min()) / 1.4, float(seen.max()) * 1.4)
