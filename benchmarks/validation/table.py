"""What was published, what came out here, with how much luck in it, and whether that holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

SAID: Final = {True: "yes", False: "**no**", None: "–"}
"""The last column; a row that is there to compare is judged by nobody."""


@dataclass(frozen=True)
class Row:
    """The cells of a line, and whether what was asked of it holds."""

    cells: tuple[str, ...]
    holds: bool | None = None


@dataclass(frozen=True)
class Table:
    """A table with what has to be known to read it."""

    title: str
    said: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def markdown(self) -> str:
        """The section of a page."""
        lines = [
            _line((*self.columns, "holds")),
            _line(("---",) * (len(self.columns) + 1)),
            *(_line((*row.cells, SAID[row.holds])) for row in self.rows),
        ]
        return "\n".join([f"## {self.title}", "", self.said.strip(), "", *lines, ""])


def page(tables: Iterable[Table]) -> str:
    """The whole page."""
    return "\n".join([HEAD, *(table.markdown() for table in tables)])


def holds(text: str) -> dict[str, list[str]]:
    """The last column of each table of a page, by the table's title."""
    found: dict[str, list[str]] = {}
    title = ""
    for line in text.splitlines():
        if line.startswith("## "):
            title = line.removeprefix("## ")
        elif line.startswith("| ") and not line.startswith("| ---"):
            found.setdefault(title, []).append(line.strip("| ").rpartition("|")[2].strip())
    return {name: column[1:] for name, column in found.items()}


def share(of: int, among: int) -> str:
    """A share in per cent, ± its standard error."""
    p = of / among
    return f"{p:.0%} ± {100 * (p * (1 - p) / among) ** 0.5:.0f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


HEAD: Final = """# What was published, on our own queue

Written by `make validation`, never by hand; the seeds are fixed. `tests/validation/` does the same with fewer
seeds and holds that the last column of this page has no "no".

What is validated is the code that a simulated run is made of: the capacity of a service (`Capacity`), who asks again
and when (`Impatience`), the schedule of first taps (`instants`) and the loop that keeps virtual time (`VirtualLoop`).
The works and the app in a person's hand are of the check (`benchmarks/validation/`). ± is one standard error.
"""
