"""A hundred figures for the creditworthy people who ask: how many of them are told “no credit”, part by part."""

import math
from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.path import Path as Outline
from creditstorm.analysis.planning.doubling import Range
from creditstorm.analysis.planning.outlook import Figure, Forecast, ForecastPart, Outlook
from creditstorm.report import canvas, style

ROW: Final = 10
FIGURES: Final = ROW * ROW
EACH: Final = 10_000 // FIGURES
PANEL_IN: Final = 1.75
GAP_IN: Final = 0.3
WORDS_IN: Final = 0.85
MOST_PANELS: Final = 4
WRONGED: Final = style.OUTCOMES["wrongful_no_credit"].colour
PALE: Final = "#f2b48a"
LEAST: Final = 0.01
"""People of whom less is not told in figures: the bounds of an interval may be as good as none."""


def _person() -> Outline:
    """Head and shoulders."""
    head = Outline.circle((0.0, 0.52), 0.3)
    body = Outline(
        [(-0.55, -0.8), (-0.55, 0.15), (0.55, 0.15), (0.55, -0.8), (-0.55, -0.8)],
        [Outline.MOVETO, Outline.CURVE4, Outline.CURVE4, Outline.CURVE4, Outline.CLOSEPOLY],
    )
    return Outline.make_compound_path(head, body)


def draw(found: Forecast, outlook: Outlook) -> canvas.Picture:
    """One panel a part: full colour for those told so at least, pale for those the interval leaves open."""
    panels = [(part, part.figures["wronged"]) for part in outlook.parts if "wronged" in part.figures]
    columns = min(MOST_PANELS, max(1, len(panels)))
    rows = math.ceil(len(panels) / columns) or 1
    width = GAP_IN + MOST_PANELS * (PANEL_IN + GAP_IN)
    paper = canvas.sheet(title(found, panels), width_in=width, height_in=rows * (PANEL_IN + WORDS_IN) + 0.35)
    for place, (part, figure) in enumerate(panels):
        row, column = divmod(place, columns)
        left, top = GAP_IN + column * (PANEL_IN + GAP_IN), row * (PANEL_IN + WORDS_IN)
        _crowd(paper.place(left, top + WORDS_IN - 0.1, PANEL_IN, PANEL_IN), figure)
        _words(paper.place(left, top, PANEL_IN, WORDS_IN - 0.15), part, figure)
    key = paper.place(GAP_IN, rows * (PANEL_IN + WORDS_IN), width - 2 * GAP_IN, 0.3)
    _blank(key)
    said = (
        f"each figure is {EACH} of 10,000 · full: told so at least · pale: within the interval of a new run · grey: not"
    )
    key.text(0.0, 0.5, said, va="center", size=8.5, color=style.MUTED)
    alt = " ".join(f"{_name(p)}: {per_ten_thousand(f.share.value)} of 10,000 {span(f.share)}." for p, f in panels)
    return paper.finish(f"forecast_{outlook.policy}", alt)


def title(found: Forecast, panels: Sequence[tuple[ForecastPart, Figure]]) -> str:
    """The worst part in a sentence."""
    if not panels:
        return "Nobody creditworthy asks"
    part, figure = max(panels, key=lambda panel: panel[1].share.value)
    many = f"{rounded(figure.people.value)} people" if figure.people.value else "nobody"
    where = f"{_name(part)} at {found.target.peak_hz:,.6g} people/s"
    told = f"{per_ten_thousand(figure.share.value)} are told “no credit”: {many}"
    return f"Of 10,000 creditworthy people who ask {where} {told}"


def filled(figure: Figure) -> tuple[int, int]:
    """How many figures are full, and how many are full or pale: the ends of the interval, outward."""
    return math.floor(figure.share.low * FIGURES + 1e-9), math.ceil(figure.share.high * FIGURES - 1e-9)


def _name(part: ForecastPart) -> str:
    return {"people": "in the whole storm", "calm": "in calm", "recovery": "in recovery"}.get(
        part.name, f"while {part.name} is hit"
    )


def _crowd(axes: Axes, figure: Figure) -> None:
    _blank(axes)
    axes.set_xlim(-0.5, ROW - 0.5)
    axes.set_ylim(ROW - 0.5, -0.5)
    full, perhaps = filled(figure)
    for first, last, colour in ((0, full, WRONGED), (full, perhaps, PALE), (perhaps, FIGURES, style.GRID)):
        places = range(first, last)
        if places:
            columns, rows = [place % ROW for place in places], [place // ROW for place in places]
            axes.scatter(columns, rows, s=62, marker=_person(), color=colour, linewidths=0)


def _words(axes: Axes, part: ForecastPart, figure: Figure) -> None:
    _blank(axes)
    axes.text(0.0, 0.95, _name(part), va="top", size=9, color=style.MUTED)
    axes.text(0.0, 0.62, f"{per_ten_thousand(figure.share.value)}", va="top", size=13, weight="bold")
    axes.text(0.0, 0.2, f"{span(figure.share)} of 10,000", va="top", size=8.5, color=style.MUTED)


def _blank(axes: Axes) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)


def per_ten_thousand(share: float) -> str:
    """How many of 10,000; what is not quite none is never rounded to it."""
    told = share * 10_000
    return _almost_none(told) or (f"{told:.2g}" if told < 10 else f"{told:,.0f}")


def span(share: Range) -> str:
    """The interval in people of 10,000."""
    return f"[{per_ten_thousand(share.low)}–{per_ten_thousand(share.high)}]"


def rounded(number: float) -> str:
    """Three significant figures, with separators."""
    whole = float(f"{number:.3g}")
    return _almost_none(whole) or (f"{whole:,.0f}" if whole >= 10 else f"{whole:g}")


def _almost_none(number: float) -> str:
    """None, or less than could be counted; empty for more."""
    if number >= LEAST:
        return ""
    return "0" if number == 0 else f"<{LEAST:g}"
