"""From a sentence to a picture: blank sheet, title, SVG, PNG, and the element for a page. Same picture, same bytes.

In a page a figure has ids of its own, the page's colours, no title (the page writes it) and no addresses.
"""

import io
import re
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from creditstorm.report import style
from creditstorm.report.drawing import Drawing
from creditstorm.report.numbers import NO_BREAK, tied

TITLE_GID: Final = "sheet-title"
TITLE_SIZE: Final = 11.5
LINE_IN: Final = 0.22
PAD_IN: Final = 0.12
PIXELS_AN_INCH: Final = 144
"""Twice the 72 units an inch of the SVG: sharp on a dense screen."""

# Bold DejaVu Sans at 11.5 points: about nine letters an inch.
_LETTERS_AN_INCH: Final = 9.0
_NOT_LOOKS: Final = ("backend", "interactive")
_ARIA_SAFE: Final = re.compile(r"\s+")


@dataclass(frozen=True)
class Picture:
    """A finished figure: `title` is the sentence it shows, `alt` what a person who cannot see it needs to know."""

    name: str
    title: str
    alt: str
    figure: Figure
    title_in: float


@dataclass(frozen=True)
class Sheet:
    """A blank figure under its title; `place` gives axes in inches from the top of the drawing area."""

    figure: Figure
    title: str
    title_in: float
    width_in: float
    height_in: float

    def place(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes whose corner is `left`, `top` inches from the upper left of the area below the title."""
        full = self.title_in + self.height_in
        box = (left / self.width_in, 1 - (self.title_in + top + height) / full, width / self.width_in, height / full)
        return self.figure.add_axes(box)

    def finish(self, name: str, alt: str) -> Picture:
        """The picture; its description starts with the title."""
        text = _ARIA_SAFE.sub(" ", f"{self.title}. {alt}").strip()
        return Picture(name, self.title, text, self.figure, self.title_in)


def sheet(title: str, *, width_in: float, height_in: float) -> Sheet:
    """A blank sheet; the title is folded to the width and adds its own height."""
    lines = textwrap.wrap(tied(title), int(width_in * _LETTERS_AN_INCH), break_on_hyphens=False) or [""]
    title_in = 2 * PAD_IN + LINE_IN * len(lines)
    figure = Figure(figsize=(width_in, title_in + height_in))
    text = figure.text(0.12 / width_in, 1 - PAD_IN / (title_in + height_in), _spaced(lines))
    text.set(va="top", size=TITLE_SIZE, weight="bold", linespacing=1.25)
    text.set_gid(TITLE_GID)
    return Sheet(figure, title, title_in, width_in, height_in)


def _spaced(lines: list[str]) -> str:
    return "\n".join(lines).replace(NO_BREAK, " ")


@contextmanager
def house_style() -> Iterator[None]:
    """Draw and save inside: our settings over matplotlib's defaults, whatever a matplotlibrc says."""
    settings: Any = {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith(_NOT_LOOKS)}
    with mpl.rc_context(settings | style.SETTINGS), warnings.catch_warnings():
        # A name in a script that DejaVu lacks is a box in the PNG and right in the SVG: no warning to a person.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def svg(picture: Picture) -> str:
    """The picture as SVG text, with words as words."""
    out = io.BytesIO()
    canvas: Any = FigureCanvasSVG(picture.figure)
    canvas.print_svg(out, metadata={"Date": None, "Creator": None})
    return out.getvalue().decode()


def png(picture: Picture) -> bytes:
    """The picture as PNG, two pixels a unit of the SVG."""
    out = io.BytesIO()
    picture.figure.set_dpi(PIXELS_AN_INCH)
    canvas: Any = FigureCanvasAgg(picture.figure)
    canvas.print_png(out, metadata={"Software": None}, pil_kwargs={"compress_level": 4})
    return out.getvalue()


_UNITS_AN_INCH: Final = 72
_ROOT: Final = re.compile(r"^.*?<svg [^>]*>", re.DOTALL)
_SIZE: Final = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_METADATA: Final = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_TITLE: Final = re.compile(rf'\s*<g id="{TITLE_GID}">.*?</g>', re.DOTALL)
_COMMENT: Final = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_ID: Final = re.compile(r'\bid="([^"]+)"')
_REFERENCE: Final = re.compile(r'url\(#([^)]+)\)|(?:xlink:)?href="#([^"]+)"')
_FAMILY: Final = re.compile(r"(font: [^;\"]*?px) [^;\"]+")


def inline(picture: Picture, text: str) -> str:
    """The SVG element of the picture for a page, from its own SVG `text`."""
    size = _SIZE.search(text)
    width, height = (float(size[1]), float(size[2])) if size else (1.0, 1.0)
    top = picture.title_in * _UNITS_AN_INCH
    body = _ROOT.sub("", _TITLE.sub("", _COMMENT.sub("", _METADATA.sub("", text))), count=1)
    view = f"0 {top:g} {width:g} {height - top:g}"
    label = escape(picture.alt, quote=True)
    return f'<svg class="figure" role="img" aria-label="{label}" viewBox="{view}">{_own(body, picture.name)}'


def _own(body: str, name: str) -> str:
    body = _ID.sub(lambda match: f'id="{name}-{match[1]}"', body)
    body = _REFERENCE.sub(lambda match: f"url(#{name}-{match[1]})" if match[1] else f'href="#{name}-{match[2]}"', body)
    body = _FAMILY.sub(r"\1 sans-serif", body)
    for colour, variable in style.THEMED.items():
        body = body.replace(colour, f"var({variable})")
    return body.strip()


def finished(picture: Picture) -> Drawing:
    """The picture as bytes; call it inside `house_style()`."""
    text = svg(picture)
    return Drawing(picture.name, picture.title, inline(picture, text), text.encode(), png(picture))


def rehearse() -> None:
    """Draw an empty sheet: fonts are found and caches filled before there is anything to draw."""
    with house_style():
        blank = sheet("A rehearsal", width_in=4, height_in=2)
        blank.place(0.5, 0.2, 3, 1.5)
        png(blank.finish("rehearsal", ""))
