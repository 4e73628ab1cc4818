"""The screen of an agreement: a row a scenario and policy, then every figure that does not agree."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.console import Console
from creditstorm.analysis.agreement.seeds import Agreement
from creditstorm.report.agreement import told
from creditstorm.report.console import WIDTH

MOST_LINES: Final = 20


def print_agreement(console: Console, agreement: Agreement, *, exit_code: int, page: Path) -> None:
    """Print it; a pipe gets a hundred columns, a terminal at most what it has."""
    width = min(WIDTH, console.width) if console.is_terminal else WIDTH
    for line in glance(agreement, exit_code, page, width):
        console.print(line.rstrip(), soft_wrap=True, highlight=False, markup=False)


def glance(agreement: Agreement, exit_code: int, page: Path, width: int = WIDTH) -> Iterator[str]:
    """The lines of the screen."""
    yield from textwrap.wrap(told.headline(agreement), width)
    yield ""
    if agreement.compared:
        yield from _table(agreement)
        yield ""
    lines = [*told.doubts(agreement), *told.not_agreeing(agreement)]
    for line in lines[:MOST_LINES]:
        yield from textwrap.wrap(line, width, initial_indent="  ", subsequent_indent="    ")
    if len(lines) > MOST_LINES:
        yield f"  and {len(lines) - MOST_LINES} more: see the page"
    if agreement.lacking:
        yield from textwrap.wrap(f"not measured: {', '.join(agreement.lacking)}", width, initial_indent="  ")
    yield f"exit {exit_code}  {page}"


def _table(agreement: Agreement) -> Iterator[str]:
    table = [told.HEADS, *told.rows(agreement)]
    widths = [max(len(row[column]) for row in table) for column in range(len(told.HEADS))]
    for row in table:
        cells = (
            cell.ljust(w) if column < 2 else cell.rjust(w)
            for column, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        yield "  " + "  ".join(cells)
