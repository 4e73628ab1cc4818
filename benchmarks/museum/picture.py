"""One picture an incident: what share of requests was hit in each second, for how long, and who noticed when."""

from __future__ import annotations

from typing import Final

import numpy as np
from benchmarks.museum.exhibits import OUTCOMES, Exhibit
from benchmarks.museum.words import FAILED, clock, per_cent
from creditstorm.report import style
from creditstorm.report.canvas import Picture, sheet
from creditstorm.report.figures.time_axis import as_percent
from creditstorm.report.numbers import NO_BREAK

WIDTH_IN: Final = 6.4
PLOT_IN: Final = 1.75
HIT: Final = "#D55E00"


def draw(one: Exhibit) -> Picture:
    """The picture of an incident, with the time of the incident itself below."""
    published, stretch, (hit, n) = one.published, one.stretch, one.seconds
    title = f"{per_cent(stretch.share)} of requests were {FAILED[published.hit]} for {stretch.lasted_s} s"
    here = clock(stretch.lasted_s * published.second_s).replace(" ", NO_BREAK)
    paper = sheet(
        f"{title}: {here} of the incident",
        width_in=WIDTH_IN,
        height_in=PLOT_IN + 0.75,
    )
    axes = paper.place(0.75, 0.3, WIDTH_IN - 0.95, PLOT_IN)
    seconds = np.arange(len(hit))
    axes.bar(seconds, hit / np.maximum(n, 1), width=1.0, align="edge", color=HIT, linewidth=0)
    axes.axvspan(stretch.start_s, stretch.end_s, color=style.WINDOW, alpha=0.12, lw=0)
    as_percent(axes)
    axes.set_xlim(0, len(hit))
    first_s = min(window.start_s for window in one.phases.windows)
    marks = [
        (after_s, "our monitor") for name, after_s in one.noticed.items() if name in OUTCOMES and after_s is not None
    ]
    told = [(min(marks)[0], "our monitor")] if marks else []
    if published.detected_s is not None:
        told.append((published.detected_s / published.second_s, "they"))
    for place, (after_s, who) in enumerate(told):
        axes.axvline(first_s + after_s, color=style.INK, lw=1.2, ls=":" if who == "they" else "-")
        leftward = place == 0 and len(told) > 1
        axes.annotate(
            f"{who} noticed", (first_s + after_s, 1.0), xycoords=("data", "axes fraction"),
            xytext=(-3 if leftward else 3, 3), textcoords="offset points", ha="right" if leftward else "left",
            va="bottom", size=8.5,
        )  # fmt: skip
    axes.set_xlabel(f"seconds of the storm; one is {clock(published.second_s)} of the incident")
    shaded = f"the stretch from {stretch.start_s} to {stretch.end_s} s shaded"
    return paper.finish(one.scenario.id, f"Share of requests hit in each second, {shaded}.")
