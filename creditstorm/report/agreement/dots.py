"""The picture of an agreement: one row a figure, its margin as a band, each difference as a dot with its interval."""

from typing import Final

from matplotlib.axes import Axes
from creditstorm.analysis.agreement.margins import Alike, FigureDifference
from creditstorm.analysis.agreement.seeds import Agreement
from creditstorm.report import canvas, style

WIDTH_IN: Final = 6.4
LEFT_IN: Final = 2.7
ROW_IN: Final = 0.26
REACH: Final = 2.0
"""Margins that are drawn to either side of none; what lies beyond stands at the edge."""
LOOKS: Final = {
    Alike.AGREES: ("o", style.INK),
    Alike.CANNOT_TELL: ("s", style.MUTED),
    Alike.TOO_FEW: ("s", style.MUTED),
    Alike.DIFFERS: ("D", "#d55e00"),
}


def draw(agreement: Agreement, title: str) -> canvas.Picture:
    """Differences in units of their own margin, so that every figure has the same band."""
    by_row = _by_row(agreement)
    height = ROW_IN * max(1, len(by_row))
    paper = canvas.sheet(title, width_in=WIDTH_IN, height_in=height + 0.75)
    axes = paper.place(LEFT_IN, 0.05, WIDTH_IN - LEFT_IN - 0.2, height)
    axes.set_xlim(-REACH, REACH)
    axes.set_ylim(max(1, len(by_row)), 0)
    axes.grid(visible=False)
    axes.axvspan(-1, 1, color=style.GRID, alpha=0.6, lw=0)
    axes.axvline(0, color=style.MUTED, lw=0.8)
    for row, figures in enumerate(by_row.values()):
        for place, figure in enumerate(figures):
            _dot(axes, row + (place + 1) / (len(figures) + 1), figure)
    axes.set_yticks([row + 0.5 for row in range(len(by_row))], list(by_row))
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([-2, -1, 0, 1, 2], ["−2", "−1", "0", "+1", "+2"])
    axes.set_xlabel("simulated minus live, in margins, with its interval")
    alt = "One row a figure; the band is the margin. Circles agree, diamonds differ, squares are neither."
    return paper.finish("agreement", alt)


def _by_row(agreement: Agreement) -> dict[str, list[FigureDifference]]:
    """Figures of one kind of all comparisons in one row; those of windows and episodes together."""
    found: dict[str, list[FigureDifference]] = {}
    for one in agreement.compared:
        for figure in one.figures:
            found.setdefault(_row(figure), []).append(figure)
    return {row: drawn for row, figures in found.items() if (drawn := [f for f in figures if f.margin])}


def _row(figure: FigureDifference) -> str:
    about = "the busiest" if figure.of.endswith("the busiest") else figure.of
    words = figure.figure.replace("_no_credit_rate", "").replace("_rate", "").replace("_", " ")
    where = "" if figure.where == "run" or figure.figure == "recovery" else ", windows"
    return f"{words}{f', {about}' if about else ''}{where}"


def _dot(axes: Axes, at: float, figure: FigureDifference) -> None:
    if figure.value is None or not figure.margin:
        return
    marker, colour = LOOKS[figure.alike]
    value = _within(figure.value / figure.margin)
    if figure.low is not None and figure.high is not None:
        ends = [_within(end / figure.margin) for end in (figure.low, figure.high)]
        axes.plot(ends, [at, at], color=colour, lw=1.0)
    axes.plot([value], [at], marker=marker, ms=3.5, color=colour, ls="none", clip_on=False)


def _within(value: float) -> float:
    return max(-REACH, min(REACH, value))
