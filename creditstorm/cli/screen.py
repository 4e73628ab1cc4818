"""What a verb prints at its end: the screen for a person, or JSON for a program."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import typer
from rich.console import Console

if TYPE_CHECKING:
    from creditstorm.analysis.matrix.comparison import Comparison
    from creditstorm.analysis.summary import Summary
    from creditstorm.record.folder import RunFolder
    from creditstorm.record.matrix import MatrixFolder


def show(folder: RunFolder, summary: Summary, *, as_json: bool) -> None:
    """Print the end-of-run screen, or the summary as JSON on standard output."""
    if as_json:
        typer.echo(_report("render").summary_json(summary))
    else:
        _report("console").print_summary(_console(), summary, report=folder.report)


def show_matrix(folder: MatrixFolder, comparison: Comparison, *, exit_code: int, as_json: bool) -> None:
    """Print the screen of a matrix, or the comparison as JSON on standard output."""
    if as_json:
        typer.echo(_report("render").comparison_json(comparison), nl=False)
    else:
        _report("matrix.table").print_comparison(_console(), comparison, exit_code=exit_code, page=folder.page)


def _report(module: str) -> ModuleType:
    """Imported late: it loads libraries that `run` makes ready beside the load, and that no other verb needs."""
    return importlib.import_module(f"creditstorm.report.{module}")


def _console() -> Console:
    return Console(file=sys.stdout, highlight=False)
