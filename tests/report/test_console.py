"""The screen at the end of a run, word for word: `UPDATE_GOLDEN=1 pytest tests/report` writes it anew."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from creditstorm.analysis.summary import Summary
from creditstorm.record.manifest import Mode
from creditstorm.report.console import WIDTH, print_summary
from tests.report import builders

GOLDEN = Path(__file__).parent / "golden"
REPORT = Path("results/20261111-000000-bureau/report.html")


def screen(summary: Summary, *, width: int | None = None, terminal: bool = False, **options: bool) -> str:
    """What is printed, on a pipe unless said otherwise."""
    out = io.StringIO()
    print_summary(Console(file=out, width=width, force_terminal=terminal, **options), summary, page=str(REPORT))  # type: ignore[arg-type]
    return out.getvalue()


def without_colours(text: str) -> str:
    """The text without escape codes."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("run", builders.RUNS)
def test_the_screen_is_as_agreed(run: str) -> None:
    """Each synthetic run gives exactly its golden screen."""
    golden = GOLDEN / f"{run}.txt"
    text = screen(builders.RUNS[run][0]())
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("run", builders.RUNS)
def test_a_line_keeps_to_a_hundred_columns(run: str) -> None:
    """A pipe gets at most a hundred columns and no trailing blanks."""
    lines = screen(builders.RUNS[run][0]()).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert lines == [line.rstrip() for line in lines]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_narrow_terminal_loses_nothing(width: int) -> None:
    """What does not fit goes to the next line; every figure is still there."""
    text = without_colours(screen(builders.bureau_outage(), width=width, terminal=True))
    for figure in ("99.5 %", "bureau late", "20.0–35.0 s", "back to calm after 4 s", "2.01 s", "exit 1"):
        assert figure in " ".join(text.split())


def test_colours_carry_nothing_alone() -> None:
    """With and without colours the words are the same."""
    coloured = screen(builders.unrecovered(), width=WIDTH, terminal=True)
    assert "\x1b[" in coloured
    assert without_colours(coloured) == screen(builders.unrecovered())


def test_no_color_is_heeded() -> None:
    """NO_COLOR, which rich turns into this option, leaves no colour code."""
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", screen(builders.bureau_outage(), terminal=True, no_color=True))


def test_brackets_in_a_name_are_not_markup() -> None:
    """A name like [bold] is printed as it is."""
    summary = replace(builders.bureau_outage(), scenario_id="[bold red]x[/]", headline="[link=y]z[/link] :smile:")
    assert "[bold red]x[/]" in screen(summary)
    assert "[link=y]z[/link] :smile:" in screen(summary)


def test_a_simulated_run_says_so_at_its_top() -> None:
    """In the first line, beside the seed."""
    simulated = replace(builders.bureau_outage(), mode=Mode.SIMULATED)
    assert " · simulated " in screen(simulated).splitlines()[0]
    assert "simulated" not in screen(builders.bureau_outage())
