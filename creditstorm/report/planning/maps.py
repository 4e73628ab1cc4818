"""Two values varied: a map of the swept figure, and one of how runs came back; every cell says its value."""

from typing import Final

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from creditstorm.analysis.planning.regions import Region
from creditstorm.analysis.planning.swept import Sweep
from creditstorm.report import canvas, style
from creditstorm.report.planning import sweep_words

LEFT_IN: Final = 1.1
ABOVE_IN: Final = 0.3
"""Where the name of the upright value stands, level: beside a map of two rows it would be longer than the axis."""
CELL_IN: Final = (0.92, 0.46)
DARK, LIGHT = "#000001", "#fffffe"
"""Words on a cell keep its contrast, whatever the colours of the page: so they are not its ink and paper."""
REGIONS: Final = {
    Region.STABLE: style.Fill("stable", "#8fd3b8", ""),
    Region.VULNERABLE: style.Fill("vulnerable", "#f3cf7a", "///"),
    Region.UNCLEAR: style.Fill("unclear", "#d9d9d9", "..."),
    Region.OVERLOADED: style.Fill("overloaded", "#c9b3e0", "|||"),
    Region.METASTABLE: style.Fill("metastable", "#ee9a6b", "xxx"),
}


def draw_map(sweep: Sweep, policy: str) -> canvas.Picture:
    """The swept figure of one policy, darker where it is more, with the line at which the rule breaks."""
    title = sweep_words.ranges(sweep) if len(sweep.policies) == 1 else f"{policy}: {sweep.metric} over the grid"
    paper, axes = _paper(sweep, title)
    values = _values(sweep, policy)
    top = float(np.nanmax(values)) if np.isfinite(values).any() else 1.0
    colours = colormaps["YlOrRd"]
    for point in sweep.of(policy):
        value = sweep.figure(point).value
        share = 0.0 if value is None or top <= 0 else 0.85 * value / top
        text = sweep_words.figure_text(sweep, point)
        _cell(axes, point.place, colours(share) if value is not None else "#d9d9d9", text, dark=share < 0.6)
    _contour(axes, sweep, values)
    return paper.finish(f"sweep_map_{policy}", "A grid of both varied values; each cell holds its figure.")


def draw_regions(sweep: Sweep, policy: str) -> canvas.Picture:
    """How the runs of one policy came back at each place of the grid."""
    points = [point for point in sweep.of(policy) if point.region is not None]
    counts = {region: sum(point.region is region for point in points) for region in REGIONS}
    told = ", ".join(f"{REGIONS[region].label} at {count}" for region, count in counts.items() if count)
    paper, axes = _paper(sweep, f"{policy} is {told} of {len(points)} places")
    for point in points:
        if point.region is not None:
            fill = REGIONS[point.region]
            text = sweep_words.region_text(point)
            _cell(axes, point.place, fill.colour, text, dark=True, hatch=fill.hatch)
    return paper.finish(
        f"sweep_regions_{policy}", "A grid of both varied values; each cell says how its runs came back."
    )


def _paper(sweep: Sweep, title: str) -> tuple[canvas.Sheet, Axes]:
    across, up = (len(axis.values) for axis in sweep.axes)
    width, height = CELL_IN[0] * across, CELL_IN[1] * up
    paper = canvas.sheet(title, width_in=max(6.4, LEFT_IN + width + 0.3), height_in=ABOVE_IN + height + 0.65)
    axes = paper.place(LEFT_IN, ABOVE_IN, width, height)
    axes.set_xlim(-0.5, across - 0.5)
    axes.set_ylim(-0.5, up - 0.5)
    axes.grid(visible=False)
    axes.set_xticks(range(across), [sweep_words.value_text(sweep.axes[0], i) for i in range(across)])
    axes.set_yticks(range(up), [sweep_words.value_text(sweep.axes[1], i) for i in range(up)])
    axes.set_xlabel(sweep.axes[0].path)
    axes.set_ylabel(sweep.axes[1].path, rotation=0, ha="left", va="bottom")
    axes.yaxis.set_label_coords(-0.9 * LEFT_IN / width, 1.0 + 0.06 / height)
    return paper, axes


def _cell(  # noqa: PLR0913 - where, how it looks, what it says
    axes: Axes, place: tuple[int, ...], colour: object, text: str, *, dark: bool, hatch: str = ""
) -> None:
    x, y = place
    look = {"facecolor": colour, "edgecolor": "#bbbbbb", "hatch": hatch, "lw": 0.5}
    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, **look))  # type: ignore[arg-type]
    box = {"facecolor": colour, "edgecolor": "none", "pad": 1.0}
    axes.text(x, y, text, ha="center", va="center", size=7.5, color=DARK if dark else LIGHT, bbox=box)


def _values(sweep: Sweep, policy: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    values = np.full((len(sweep.axes[1].values), len(sweep.axes[0].values)), np.nan)
    for point in sweep.of(policy):
        found = sweep.figure(point).value
        values[point.place[1], point.place[0]] = np.nan if found is None else found
    return values


def _contour(axes: Axes, sweep: Sweep, values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    if sweep.rule is None or min(values.shape) < 2 or not np.isfinite(values).all():
        return
    if values.min() < sweep.rule.bound < values.max():
        axes.contour(values, levels=[sweep.rule.bound], colors=[DARK], linewidths=1.6)
