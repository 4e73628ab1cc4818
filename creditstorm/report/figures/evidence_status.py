"""Evidence status over time: small multiples, one a service."""

from collections import Counter
from typing import Final, NamedTuple

import numpy as np
from matplotlib.patches import Patch
from creditstorm.analysis.drawn import Timeline, Window
from creditstorm.analysis.headline import target, trouble
from creditstorm.analysis.summary import Summary
from creditstorm.credit.sources import SERVICES
from creditstorm.report import canvas, numbers, style, words
from creditstorm.report.figures import time_axis

WIDTH_IN: Final = 6.4
COLUMNS: Final = 2
ROWS: Final = 4
CELL_IN: Final = 0.85
DOWN_IN: Final = 1.17
LEFT_IN: Final = 0.7
ACROSS_IN: Final = 2.85
WIDE_IN: Final = 2.65


class Missing(NamedTuple):
    """How much of a service's evidence was missing; in order, the target of a fault counts before all others."""

    is_target: bool
    share: float
    service: str
    status: str


def draw(summary: Summary, timeline: Timeline) -> canvas.Picture:  # noqa: ARG001 - every figure has this signature
    """Shares of evidence statuses per bin, a cell for each service that was asked."""
    paper = canvas.sheet(title(timeline), width_in=WIDTH_IN, height_in=ROWS * DOWN_IN + 0.6)
    seen = [_cell(paper, timeline, service, index) for index, service in enumerate(SERVICES)]
    labels = {str(patch.get_label()): patch for patches in seen for patch in patches}
    ordered = [labels[look.label] for look in style.STATUSES.values() if look.label in labels]
    if ordered:
        x = (LEFT_IN + ACROSS_IN) / WIDTH_IN
        top = 1 - (paper.title_in + (ROWS - 1) * DOWN_IN + 0.3) / (paper.title_in + paper.height_in)
        paper.figure.legend(handles=ordered, loc="upper left", bbox_to_anchor=(x, top), ncols=2, columnspacing=1.0)
    return paper.finish(
        "evidence_status", "One small panel a service: shares of evidence statuses over the run, stacked."
    )


def title(timeline: Timeline) -> str:
    """The service that was missing most, in the window where it was."""
    if not timeline.statuses:
        return "No decision logged what it saw of its sources"
    seen = [(_worst(timeline, window), window) for window in timeline.windows]
    worst, during = max(seen, key=lambda one: one[0], default=(_worst(timeline, None), None))
    if not worst.share:
        return "Every source was ok for every decision"
    share, status = numbers.percent(worst.share), words.name(worst.status)
    if during is None:
        return f"At most {share} of decisions missed a source ({worst.service} {status})"
    return f"{_capital(target(worst.service))} was {status} for {share} of decisions while {trouble(during)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _worst(timeline: Timeline, window: Window | None) -> Missing:
    if window is None:
        bins = np.ones(timeline.t_s.shape, dtype=bool)
    else:
        bins = time_axis.inside(timeline, window.start_s, window.end_s)
    totals: Counter[str] = Counter()
    for (service, _), counts in timeline.statuses.items():
        totals[service] += int(counts[bins].sum())
    missing = (
        Missing(
            window is not None and service == window.target,
            float(counts[bins].sum()) / totals[service],
            service,
            status,
        )
        for (service, status), counts in timeline.statuses.items()
        if status not in {"ok", "empty"} and counts[bins].any()
    )
    return max(missing, default=Missing(is_target=False, share=0.0, service="", status=""))


def _cell(paper: canvas.Sheet, timeline: Timeline, service: str, index: int) -> list[Patch]:
    row, column = divmod(index, COLUMNS)
    left, top = LEFT_IN + column * ACROSS_IN, 0.25 + row * DOWN_IN
    axes = paper.place(left, top, WIDE_IN, CELL_IN)
    time_axis.prepare(axes, timeline, named=False)
    counts = {status: values for (of, status), values in timeline.statuses.items() if of == service}
    shown = time_axis.stack(axes, timeline, time_axis.shares(counts), style.STATUSES) if counts else []
    time_axis.as_percent(axes)
    axes.set_yticks([0, 0.5, 1])
    lowest = index + COLUMNS >= len(SERVICES)
    axes.tick_params(labelleft=column == 0, labelbottom=lowest)
    if index == len(SERVICES) - 1:
        axes.set_xlabel("seconds since the start of the load")
    axes.set_title(service if counts else f"{service} (not asked)", loc="left", size=9.5, pad=4)
    return shown
