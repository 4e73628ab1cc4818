"""A figure as bytes: what is left of it once it is drawn, ready for a file and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from creditstorm.analysis.summary import Summary, Timeline
from creditstorm.report import canvas
from creditstorm.report.figures import FIGURES
from creditstorm.report.inline import inline


@dataclass(frozen=True, slots=True)
class Drawing:
    """One figure: its sentence, its SVG element for a page, and its two files."""

    name: str
    title: str
    element: str
    svg: bytes
    png: bytes


def drawings(which: Sequence[int], summary: Summary, timeline: Timeline) -> list[Drawing]:
    """The figures at these places of `FIGURES`, drawn."""
    return [_drawing(index, summary, timeline) for index in which]


def _drawing(index: int, summary: Summary, timeline: Timeline) -> Drawing:
    with canvas.house_style():
        return finished(FIGURES[index](summary, timeline))


def finished(picture: canvas.Picture) -> Drawing:
    """The picture as bytes; call it inside `canvas.house_style()`."""
    text = canvas.svg(picture)
    return Drawing(picture.name, picture.title, inline(picture, text), text.encode(), canvas.png(picture))


def rehearse() -> None:
    """Draw an empty sheet: fonts are found and caches filled before there is anything to draw."""
    with canvas.house_style():
        blank = canvas.sheet("A rehearsal", width_in=4, height_in=2)
        blank.place(0.5, 0.2, 3, 1.5)
        canvas.png(blank.finish("rehearsal", ""))
