"""`summary.md`, word for word: `UPDATE_GOLDEN=1 pytest tests/report` writes the golden files anew."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from creditstorm.record.manifest import Mode
from creditstorm.report.texts import LIMIT_BYTES, markdown, safe
from tests.report import builders

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("run", builders.RUNS)
def test_the_summary_is_as_agreed(run: str) -> None:
    """Each synthetic run gives exactly its golden file."""
    golden = GOLDEN / f"{run}.md"
    text = markdown(builders.RUNS[run][0]())
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a | b", "a \\| b"),
        ("<script>", "\\<script\\>"),
        ("[x](y)", "\\[x\\](y)"),
        ("two\nlines", "two lines"),
        ("snake_case", "snake_case"),
        ("_it_", "\\_it\\_"),
    ],
)
def test_markup_in_a_name_is_shown_as_it_is(hostile: str, shown: str) -> None:
    """A cell border, a tag or a link in a name stays a name."""
    assert safe(hostile) == shown


def test_a_huge_summary_keeps_within_the_limit() -> None:
    """A comment of the forge takes 64 kB, however many causes and windows there are."""
    outage = builders.bureau_outage()
    many = tuple(builders.part("window", f"{i}-" + "x" * 500, 0.5, 10, when=(i, i + 1.0)) for i in range(500))
    text = markdown(
        replace(outage, slices=many, causes={f"late:{i}{'é' * 900}": 1 for i in range(500)}, why="y" * 99_999)
    )
    assert len(text.encode()) <= LIMIT_BYTES
    assert "…and 460 more in summary.json" in text


def test_a_simulated_run_says_so_at_its_top() -> None:
    """And a live one says nothing new."""
    live = builders.bureau_outage()
    assert markdown(replace(live, mode=Mode.SIMULATED)).splitlines()[0].endswith(" · simulated")
    assert "simulated" not in markdown(live)
