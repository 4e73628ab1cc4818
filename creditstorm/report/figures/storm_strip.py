"""The storm strip: arrivals, answers by outcome, fault windows and marks on one time axis."""

from matplotlib.axes import Axes
from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.headline import trouble
from creditstorm.analysis.summary import Summary
from creditstorm.report import canvas, numbers, style, words
from creditstorm.report.figures import time_axis

WIDTH_IN = 11.0
LEFT_IN, RIGHT_IN = 0.75, 0.2
MOST_ROWS = 8
ROW_IN, ARRIVALS_IN, OUTCOMES_IN = 0.24, 0.8, 2.3


def draw(summary: Summary, timeline: Timeline) -> canvas.Picture:
    """The whole run at a glance."""
    rows = min(len(timeline.windows), MOST_ROWS)
    lanes_in = ROW_IN * rows
    paper = canvas.sheet(
        title(summary, timeline), width_in=WIDTH_IN, height_in=lanes_in + ARRIVALS_IN + OUTCOMES_IN + 1.25
    )
    inner = WIDTH_IN - LEFT_IN - RIGHT_IN
    if rows:
        _lanes(paper.place(LEFT_IN, 0.05, inner, lanes_in), timeline)
    _arrivals(paper.place(LEFT_IN, lanes_in + 0.15, inner, ARRIVALS_IN), timeline)
    _outcomes(paper, lanes_in + ARRIVALS_IN + 0.3, timeline)
    alt = "Arrivals a second above answers a second stacked by outcome, on one axis of seconds"
    return paper.finish("storm_strip", f"{alt}, with the fault windows {_windows(timeline)}.")


def title(summary: Summary, timeline: Timeline) -> str:
    """What the run shows in one sentence."""
    if not summary.answers:
        return "Nobody asked: the run has no answers"
    worst = words.worst_window(summary)
    window = next((window for window in timeline.windows if worst and window.name == worst.name), None)
    if window is None:
        told = numbers.percent(words.wrongful(summary.slice("phase", "calm")))
        return f"No fault took effect: {told} of eligible people’s requests were answered “no credit”"
    told = numbers.percent(words.wrongful(worst))
    return f"{told} of eligible people’s requests were answered “no credit” while {trouble(window)}"


def _windows(timeline: Timeline) -> str:
    windows = timeline.windows
    return (
        ", ".join(f"{window.name} ({numbers.between(window.start_s, window.end_s)})" for window in windows)
        if windows
        else "absent"
    )


def _lanes(axes: Axes, timeline: Timeline) -> None:
    shown = timeline.windows[:MOST_ROWS]
    limits = time_axis.edges(timeline)
    low_s, high_s = limits[0], limits[-1]
    axes.set_xlim(low_s, high_s)
    axes.set_ylim(len(shown), 0)
    for row, window in enumerate(shown):
        axes.barh(
            row + 0.5, window.end_s - window.start_s, left=window.start_s, height=0.78, color=style.WINDOW, alpha=0.9
        )
        text = f"{time_axis.short(window.name, 40)} · {window.kind} · {numbers.between(window.start_s, window.end_s)}"
        after = high_s - window.end_s >= window.start_s - low_s
        at, align = (window.end_s, "left") if after else (window.start_s, "right")
        axes.annotate(
            text, (at, row + 0.5), xytext=(4 if align == "left" else -4, 0), textcoords="offset points", ha=align,
            va="center", size=8.5, color=style.WINDOW, annotation_clip=False,
        )  # fmt: skip
    axes.axis("off")


def _arrivals(axes: Axes, timeline: Timeline) -> None:
    time_axis.prepare(axes, timeline, named=False)
    x = time_axis.edges(timeline)
    rate = time_axis.steps(timeline.intended / timeline.bin_s)
    axes.fill_between(x, rate, step="post", color=style.MUTED, alpha=0.25, lw=0)
    axes.step(x, rate, where="post", color=style.INK, lw=1.1)
    axes.set_ylim(0, max(float(rate.max()) * 1.1, 1.0))
    axes.set_ylabel("arrivals/s")
    if timeline.warm_up_s > 0:
        axes.text(0, 0.97, " warm-up", transform=axes.get_xaxis_transform(), va="top", size=8, color=style.MUTED)
    axes.tick_params(labelbottom=False)
    axes.yaxis.get_major_locator().set_params(nbins=3)  # type: ignore[call-arg]


def _outcomes(paper: canvas.Sheet, top: float, timeline: Timeline) -> None:
    axes = paper.place(LEFT_IN, top + 0.28, WIDTH_IN - LEFT_IN - RIGHT_IN, OUTCOMES_IN)
    time_axis.prepare(axes, timeline, named=False)
    shown = time_axis.stack(
        axes, timeline, {k: v / timeline.bin_s for k, v in timeline.outcomes.items()}, style.OUTCOMES
    )
    axes.set_ylim(bottom=0)
    axes.set_ylabel("answers/s by outcome")
    axes.set_xlabel("seconds since the start of the load (by the intended instant)")
    if shown:
        axes.legend(handles=shown, loc="lower left", bbox_to_anchor=(0, 1.01), ncols=8, columnspacing=1.2)
