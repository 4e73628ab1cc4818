"""What is written at the end of a run, with and without pages."""

from __future__ import annotations

import shutil
from pathlib import Path

from creditstorm.record.folder import RunFolder
from creditstorm.runs.conclude import analysed, conclude

EXAMPLE = RunFolder(Path(__file__).parents[2] / "results" / "example")


def test_without_pages_the_texts_are_the_same_and_the_figures_come_later(tmp_path: Path) -> None:
    """A run that drew nothing says the same, and its record is all that the page needs."""
    plain = RunFolder(tmp_path / "plain")
    shutil.copytree(EXAMPLE.root, plain.root)
    shutil.rmtree(plain.plots)
    for path in (plain.report, plain.summary, plain.summary_text):
        path.unlink()
    conclude(plain, pages=False)
    texts = plain.summary.read_bytes(), plain.summary_text.read_bytes()
    assert not plain.report.exists()
    assert not plain.plots.exists()
    conclude(plain)
    assert (plain.summary.read_bytes(), plain.summary_text.read_bytes()) == texts
    assert plain.report.is_file()
    assert sorted(plain.plots.iterdir())


def test_the_answers_of_a_run_are_held_by_nobody_once_its_figures_are_there() -> None:
    """What ten million of them take is given back before anything is drawn."""
    concluded = analysed(EXAMPLE)
    assert concluded.summary.answers == 6_650
    assert concluded.run.answers.num_rows == 0
