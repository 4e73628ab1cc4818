"""The common form of a figure over time: one pair of axes, room above it for window names and a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from creditstorm.analysis.summary import Timeline
from creditstorm.report import time_axis
from creditstorm.report.canvas import Sheet, sheet

WIDTH_IN: Final = 6.4
LEFT_IN: Final = 0.85
PLOT_IN: Final = 2.3
LEGEND_ROW_IN: Final = 0.2


@dataclass(frozen=True)
class Panel:
    """The sheet of one panel, with its strip for a legend."""

    sheet: Sheet
    axes: Axes
    legend_in: float
    right_in: float

    def legend(self, handles: Sequence[Artist], columns: int = 4, row: int = 0) -> None:
        """A legend in the strip between title and window names, `row` rows down."""
        if not handles:
            return
        full_in = self.sheet.title_in + self.sheet.height_in
        self.sheet.figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(LEFT_IN / WIDTH_IN, 1 - (self.sheet.title_in + LEGEND_ROW_IN * row) / full_in),
            ncols=columns,
            columnspacing=1.0,
        )


def panel(title: str, timeline: Timeline, *, legend_rows: int = 1, right_in: float = 0.15) -> tuple[Panel, Axes]:
    """An empty panel whose axis of seconds already has its fault windows."""
    inner = WIDTH_IN - LEFT_IN - right_in
    limits = time_axis.edges(timeline)
    places = time_axis.name_places(time_axis.named_spans(timeline), limits[0], limits[-1], inner)
    lanes = min(max((place.lane + 1 for place in places), default=0), time_axis.MOST_LANES)
    legend_in = LEGEND_ROW_IN * legend_rows + 0.08
    top = legend_in + time_axis.LANE_IN * lanes
    paper = sheet(title, width_in=WIDTH_IN, height_in=top + PLOT_IN + 0.55)
    axes = paper.place(LEFT_IN, top, inner, PLOT_IN)
    time_axis.prepare(axes, timeline)
    axes.set_xlabel("seconds since the start of the load")
    return Panel(paper, axes, legend_in, right_in), axes
