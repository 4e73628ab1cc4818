"""`matrix.html`: the whole comparison on one page that asks for nothing, in the look of a run's report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from creditstorm.analysis.matrix.comparison import Comparison
from creditstorm.analysis.matrix.cost import USUAL_CNY
from creditstorm.report.figures.matrix import windows as matrix_windows
from creditstorm.report.html import InlineFigure, environment
from creditstorm.report.matrix import phrases as matrix_words
from creditstorm.report.words import GLOSSARY

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
    filters = (matrix_words.short_money, matrix_words.per_person, matrix_words.way_back, matrix_words.points)
    more = (matrix_words.p_value, matrix_words.usual_cost, matrix_words.policies)
    house.filters |= {each.__name__: each for each in (*filters, *more)}
    return house.get_template(TEMPLATE).render(
        it=comparison,
        figures=figures,
        headline=matrix_windows.title(comparison),
        measured=sum(1 for cell in comparison.cells if cell.how == "completed"),
        usual=USUAL_CNY,
        glossary={word: GLOSSARY[word] for word in WORDS if word in GLOSSARY},
    )
