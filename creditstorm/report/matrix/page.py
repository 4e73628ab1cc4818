"""Every derived file of a matrix folder: plots, JSON, and `matrix.html`, in the look of a run's report."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from creditstorm.analysis.matrix.comparison import Comparison
from creditstorm.analysis.measures.money import USUAL_CNY
from creditstorm.record.matrix import MatrixFolder
from creditstorm.report import canvas
from creditstorm.report.as_json import comparison_json
from creditstorm.report.figures.matrix import pareto, price, windows
from creditstorm.report.matrix import phrases
from creditstorm.report.render import InlineFigure, environment, write_derived
from creditstorm.report.words import GLOSSARY

FIGURES: Final[tuple[Callable[[Comparison], canvas.Picture], ...]] = (windows.draw, pareto.draw, price.draw)
"""Every figure of a matrix: a new one is one module and one line here."""
TEMPLATE: Final = "matrix.html.j2"
WORDS: Final = (
    "eligible",
    "wrongful no credit",
    "wrongful approval",
    "deferred",
    "unavailable",
    "policy",
    "fault, mark, window",
    "calm floor",
    "re-tap",
    "95 % interval",
    "verdict",
)
"""Those words of the glossary that this page uses."""


def page(comparison: Comparison, figures: Mapping[str, InlineFigure]) -> str:
    """The page as text; everything that is not our own markup is escaped."""
    house = environment()
    filters = (phrases.short_money, phrases.per_person, phrases.way_back, phrases.points, phrases.noticed)
    more = (phrases.p_value, phrases.usual_cost, phrases.policies)
    house.filters |= {each.__name__: each for each in (*filters, *more)}
    return house.get_template(TEMPLATE).render(
        it=comparison,
        figures=figures,
        headline=windows.title(comparison),
        measured=sum(1 for cell in comparison.cells if cell.measured),
        usual=USUAL_CNY,
        glossary={word: GLOSSARY[word] for word in WORDS if word in GLOSSARY},
    )


def render_matrix(folder: MatrixFolder, comparison: Comparison) -> tuple[Path, ...]:
    """Write plots, page and JSON, each in one step; returns what was written."""
    return write_derived(
        folder, lambda: [draw(comparison) for draw in FIGURES], partial(page, comparison), comparison_json(comparison)
    )
