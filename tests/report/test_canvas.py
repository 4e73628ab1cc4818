"""A figure inside the page: own ids, page colours, no title of its own, no address."""

from __future__ import annotations

import re
from functools import cache

from creditstorm.report import canvas, style
from creditstorm.report.canvas import inline
from creditstorm.report.figures import FIGURES
from tests.report import builders


@cache
def inlined() -> tuple[str, ...]:
    """All figures of the outage, made part of a page; drawn once."""
    with canvas.house_style():
        drawn = [draw(builders.bureau_outage(), builders.timeline()) for draw in FIGURES]
        return tuple(inline(picture, canvas.svg(picture)) for picture in drawn)


def test_ids_are_unique_over_all_figures_and_every_reference_has_one() -> None:
    """Clip paths and hatches of one figure never paint another."""
    page = "".join(inlined())
    ids = re.findall(r'\bid="([^"]+)"', page)
    references = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {a or b for a, b in references} <= set(ids)


def test_there_is_no_address_and_no_colour_of_paper_or_ink() -> None:
    """Nothing to fetch, and every colour of the frame is the page's."""
    page = "".join(inlined())
    assert "http" not in page
    assert not any(colour in page for colour in style.THEMED)


def test_the_title_is_left_to_the_page() -> None:
    """The sentence is in the label for those who cannot see, not drawn a second time."""
    strip = inlined()[0]
    assert strip.count("99.5 %") == 1
    assert re.search(r'role="img" aria-label="99\.5 % of eligible', strip)
