"""What every figure over time shares: bin edges, fault windows with labels that never collide, bands, a panel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray
from creditstorm.analysis.drawn import Timeline, Window
from creditstorm.report import style
from creditstorm.report.canvas import Sheet, sheet

LANE_IN: Final = 0.19
MOST_LANES: Final = 3
_LETTER_IN: Final = 0.083
_LONGEST: Final = 28
_MOST_EDGED: Final = 150


class Look(TypedDict):
    """A band in matplotlib's words."""

    facecolor: str
    edgecolor: str
    hatch: str
    linewidth: float


@dataclass(frozen=True, slots=True)
class NamePlace:
    """Where the name of a window stands: its stretch of the axis and its lane (0 is nearest the axes)."""

    window: Window
    start_s: float
    end_s: float
    lane: int
    leftward: bool


def edges(timeline: Timeline) -> NDArray[np.float64]:
    """The bin edges in seconds: one more than there are bins."""
    if timeline.t_s.size == 0:
        return np.array([0.0, 1.0])
    return np.append(timeline.t_s, timeline.t_s[-1] + timeline.bin_s)


def steps(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values of the bins on their edges, the last one repeated, for ``step="post"``."""
    return np.append(values, values[-1:]) if values.size else np.zeros(2)


def short(text: str, most: int = _LONGEST) -> str:
    """The text, cut with an ellipsis where it is longer than `most` letters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def named_spans(timeline: Timeline) -> tuple[Window, ...]:
    """The fault windows, and the warm-up as a stretch without a kind."""
    warm_up = (Window("warm-up", "", "", 0.0, timeline.warm_up_s),) if timeline.warm_up_s > 0 else ()
    return (*warm_up, *timeline.windows)


def name_places(windows: Sequence[Window], low_s: float, high_s: float, width_in: float) -> list[NamePlace]:
    """Where each window's name goes so that it stays on the axes and meets no other name."""
    seconds_an_inch = (high_s - low_s) / width_in
    placed: list[NamePlace] = []
    for window in windows:
        length_s = seconds_an_inch * _LETTER_IN * (len(short(window.name)) + 3)
        leftward = window.start_s + length_s > high_s
        start_s = window.start_s - length_s if leftward else window.start_s
        lane = next(
            lane
            for lane in range(len(windows))
            if not any(p.lane == lane and p.start_s < start_s + length_s and start_s < p.end_s for p in placed)
        )
        placed.append(NamePlace(window, start_s, start_s + length_s, lane, leftward))
    return placed


def prepare(axes: Axes, timeline: Timeline, *, named: bool = True) -> None:
    """Limits, ticks and fault windows of an axis of seconds; `named` puts the window's names above it."""
    limits = edges(timeline)
    axes.set_xlim(limits[0], limits[-1])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    shade(axes, timeline)
    if named:
        _name_windows(axes, timeline)


def shade(axes: Axes, timeline: Timeline) -> None:
    """Fault windows between their two marks, cased so that they show on every band, and the warm-up in grey."""
    if timeline.warm_up_s > 0:
        axes.axvspan(0, timeline.warm_up_s, color=style.MUTED, alpha=0.12, lw=0, zorder=0.5)
    for window in timeline.windows:
        axes.axvspan(window.start_s, window.end_s, color=style.WINDOW, alpha=0.13, lw=0, zorder=0.5)
        for mark in (window.start_s, window.end_s):
            axes.axvline(mark, color=style.PAPER, lw=2.2, zorder=1.5)
            axes.axvline(mark, color=style.WINDOW, lw=1.1, ls=(0, (4, 2)), zorder=3)


def _name_windows(axes: Axes, timeline: Timeline) -> None:
    low_s, high_s = axes.get_xlim()
    width_in = axes.get_position().width * axes.get_figure(root=True).get_size_inches()[0]  # type: ignore[union-attr]
    for place in name_places(named_spans(timeline), low_s, high_s, width_in):
        if place.lane >= MOST_LANES:
            continue
        name = short(place.window.name)
        axes.annotate(
            f"{name} ▾" if place.leftward else f"▾ {name}",
            (place.window.start_s, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(4 if place.leftward else -4, 2 + 72 * LANE_IN * place.lane),
            textcoords="offset points",
            ha="right" if place.leftward else "left",
            va="bottom",
            size=8.5,
            color=style.WINDOW if place.window.kind else style.MUTED,
        )


def stack(
    axes: Axes, timeline: Timeline, bands: Mapping[str, NDArray[np.float64]], fills: Mapping[str, style.Fill]
) -> list[Patch]:
    """Bands on top of each other in the order of `fills`; returns the legend's patches, only of what occurs."""
    x, floor, shown = edges(timeline), np.zeros(max(timeline.t_s.size, 1) + 1), []
    for key, fill in fills.items():
        band = bands.get(key)
        if band is None or not np.nansum(band) > 0:
            continue
        top = floor + steps(np.nan_to_num(band))
        edged = timeline.t_s.size <= _MOST_EDGED
        axes.fill_between(x, floor, top, step="post", zorder=1, **look(fill, edged=edged))
        shown.append(Patch(**look(fill), label=fill.label))
        floor = top
    return shown


def look(fill: style.Fill, *, edged: bool = True) -> Look:
    """The look of a band."""
    width = 0.3 if edged else 0.0
    return {"facecolor": fill.colour, "edgecolor": style.PAPER, "hatch": fill.hatch, "linewidth": width}


def shares(counts: Mapping[str, NDArray[np.int64]]) -> dict[str, NDArray[np.float64]]:
    """Each count as its share of the bin, 0 where nobody asked."""
    total = sum((values for values in counts.values()), start=np.zeros(1, dtype=np.int64))
    return {key: values / np.maximum(total, 1) for key, values in counts.items()}


def as_percent(axes: Axes) -> None:
    """A share axis from 0 to 100 %."""
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))


def inside(timeline: Timeline, start_s: float, end_s: float) -> NDArray[np.bool_]:
    """Which bins lie wholly in this stretch of time."""
    return (timeline.t_s >= start_s) & (timeline.t_s + timeline.bin_s <= end_s)


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
    limits = edges(timeline)
    places = name_places(named_spans(timeline), limits[0], limits[-1], inner)
    lanes = min(max((place.lane + 1 for place in places), default=0), MOST_LANES)
    legend_in = LEGEND_ROW_IN * legend_rows + 0.08
    top = legend_in + LANE_IN * lanes
    paper = sheet(title, width_in=WIDTH_IN, height_in=top + PLOT_IN + 0.55)
    axes = paper.place(LEFT_IN, top, inner, PLOT_IN)
    prepare(axes, timeline)
    axes.set_xlabel("seconds since the start of the load")
    return Panel(paper, axes, legend_in, right_in), axes
