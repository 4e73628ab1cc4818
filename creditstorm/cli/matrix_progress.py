"""How far a matrix is, and how long it will take."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable

import typer
from rich.console import Console

from creditstorm.cli.matrix_plan import MatrixPlan, PlannedCell


def duration_in_words(seconds: float) -> str:
    """A time as a person would say it beforehand: 45 s, 3 min, 1 h 20 min."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


class MatrixProgress:
    """Says before each run which one it is and how long the rest will take; it learns from the runs it saw."""

    def __init__(self, console: Console, total: int, kept: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._total = total
        self._done = kept
        self._clock = clock
        self._begun_s = 0.0
        self._beside_s: list[float] = []

    def begin(self, cell: PlannedCell, to_come: Iterable[PlannedCell]) -> None:
        """Say that this cell begins; `to_come` are those still to run, this one included."""
        self._begun_s = self._clock()
        left = duration_in_words(sum(self._about_s(each) for each in to_come))
        line = f"run {self._done + 1} of {self._total}: {cell.name} · about {left} left"
        self._console.print(line, markup=False, soft_wrap=True)

    def end(self, cell: PlannedCell) -> None:
        """The cell is over."""
        self._done += 1
        self._beside_s.append(max(0.0, self._clock() - self._begun_s - cell.scenario.load.duration_s))

    def _about_s(self, cell: PlannedCell) -> float:
        if not self._beside_s:
            return cell.about_s
        return cell.scenario.load.duration_s + sum(self._beside_s) / len(self._beside_s)


def print_matrix_plan(plan: MatrixPlan, kept: frozenset[str], *, as_json: bool) -> None:
    """Print every run of the matrix and the time that it will take, starting nothing."""
    about_s = sum(cell.about_s for cell in plan.cells if cell.name not in kept)
    if as_json:
        cells = [
            {"cell": cell.name, "policy": cell.policy, "seed": cell.scenario.seed, "about_s": cell.about_s,
             "finished": cell.name in kept}
            for cell in plan.cells
        ]  # fmt: skip
        typer.echo(json.dumps({"scenario": plan.scenario.id, "about_s": about_s, "cells": cells}, indent=2))
        return
    runs = f"{len(plan.cells)} {'run' if len(plan.cells) == 1 else 'runs'}"
    typer.echo(f"{plan.scenario.id} · {runs} · about {duration_in_words(about_s)} (nothing started)")
    longest = max(len(cell.name) for cell in plan.cells)
    for cell in plan.cells:
        done = "finished" if cell.name in kept else f"about {duration_in_words(cell.about_s)}"
        typer.echo(f"  {cell.name:<{longest}}  seed {cell.scenario.seed}  {done}")
