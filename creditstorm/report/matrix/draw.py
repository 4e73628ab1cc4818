"""Writes every derived file of a matrix folder; the same runs give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from markupsafe import Markup

from creditstorm.analysis.matrix.comparison import Comparison
from creditstorm.record.matrix import MatrixFolder
from creditstorm.report import canvas
from creditstorm.report.drawing import finished
from creditstorm.report.figures.matrix import cost as matrix_price
from creditstorm.report.figures.matrix import front as matrix_pareto
from creditstorm.report.figures.matrix import windows as matrix_windows
from creditstorm.report.html import InlineFigure
from creditstorm.report.json_out import comparison_json
from creditstorm.report.matrix.page import page
from creditstorm.report.render import replace_bytes

FIGURES: Final[tuple[Callable[[Comparison], canvas.Picture], ...]] = (
    matrix_windows.draw,
    matrix_pareto.draw,
    matrix_price.draw,
)
"""Every figure of a matrix: a new one is one module and one line here."""


def render_matrix(folder: MatrixFolder, comparison: Comparison) -> tuple[Path, ...]:
    """Write plots, page and JSON, each in one step; returns what was written."""
    folder.plots.mkdir(parents=True, exist_ok=True)
    with canvas.house_style():
        drawings = [finished(draw(comparison)) for draw in FIGURES]
    written = {folder.plots / f"{each.name}.svg": each.svg for each in drawings}
    written |= {folder.plots / f"{each.name}.png": each.png for each in drawings}
    figures = {each.name: InlineFigure(each.title, Markup(each.element)) for each in drawings}  # noqa: S704
    written[folder.page] = page(comparison, figures).encode()
    written[folder.table] = comparison_json(comparison).encode()
    for path, content in written.items():
        replace_bytes(path, content)
    return tuple(written)
