"""Derived files: all of them, whole, and the same bytes from the same figures."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from creditstorm.record.folder import RunFolder
from creditstorm.report.figure_worker import FigureWorker
from creditstorm.report.render import render
from creditstorm.scenario.text.loader import load
from tests.report import builders

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "scenarios" / "bureau-outage-at-peak.yaml"
FIGURES = (
    "arrivals",
    "evidence_status",
    "latency",
    "outcome_by_phase",
    "outcome_shares",
    "storm_strip",
    "alarm_race",
    "wrongful_rate",
)
DERIVED = {
    "report.html",
    "summary.json",
    "summary.md",
    *(f"plots/{name}.{kind}" for name in FIGURES for kind in ("svg", "png")),
}
PRINT_HASHES = """
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tests.report.test_render import hashes, make
print(hashes(make(Path(sys.argv[1]))))
"""


def blank(root: Path) -> RunFolder:
    """A run folder that nothing has been derived from."""
    root.mkdir(parents=True, exist_ok=True)
    return builders.run_folder(root)


def make(root: Path) -> RunFolder:
    """A rendered run folder."""
    folder = blank(root)
    render(folder, builders.unrecovered(), builders.overlapping(), load(SCENARIO), builders.manifest())
    return folder


def hashes(folder: RunFolder) -> dict[str, str]:
    """Each file of the folder and what is in it."""
    files = sorted(path for path in folder.root.rglob("*") if path.is_file())
    return {path.relative_to(folder.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run folder that was rendered once, for all who only look at it."""
    return make(tmp_path_factory.mktemp("rendered"))


def test_every_derived_file_is_there_and_nothing_else(rendered: RunFolder) -> None:
    """Page, Markdown, JSON and each figure twice; no half-written file is left."""
    assert set(hashes(rendered)) == {*DERIVED, "scenario.yaml"}


@pytest.mark.usefixtures("figures_drawn_once")
def test_what_was_written_is_returned(tmp_path: Path) -> None:
    """The caller learns every path."""
    folder = builders.run_folder(tmp_path)
    written = render(folder, builders.calm(), builders.timeline(()), load(SCENARIO), builders.manifest())
    assert {path.relative_to(tmp_path).as_posix() for path in written} == DERIVED


def test_the_same_figures_give_the_same_bytes_in_any_process(rendered: RunFolder, tmp_path: Path) -> None:
    """Again here, and in another process with another hash seed, time zone, locale and a matplotlibrc of its own."""
    here = hashes(rendered)
    assert hashes(make(tmp_path / "a")) == here
    (tmp_path / "matplotlibrc").write_text("font.size: 30\nsvg.fonttype: path\n", encoding="utf-8")
    odd = {"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PRINT_HASHES, str(tmp_path / "b")]
    there = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **odd}, capture_output=True, text=True, check=True, timeout=120
    )
    assert there.stdout.strip() == str(here)


@pytest.mark.usefixtures("figures_drawn_once")
def test_a_figure_of_an_older_run_is_replaced_whole(rendered: RunFolder, tmp_path: Path) -> None:
    """Rendering over an old folder leaves the new bytes only."""
    folder = RunFolder(Path(shutil.copytree(rendered.root, tmp_path, dirs_exist_ok=True)))
    folder.report.write_text("old", encoding="utf-8")
    (folder.plots / "latency.svg").write_text("old", encoding="utf-8")
    assert hashes(make(tmp_path)) == hashes(rendered)


@pytest.mark.usefixtures("figures_drawn_once")
def test_a_folder_without_its_scenario_still_says_what_was_asked(tmp_path: Path) -> None:
    """The parsed scenario stands in for a file that is gone."""
    folder = RunFolder(tmp_path)
    render(folder, builders.calm(), builders.timeline(()), load(SCENARIO), builders.manifest())
    assert "bureau-outage-at-peak" in folder.report.read_text(encoding="utf-8")


def test_two_who_draw_write_what_one_writes(rendered: RunFolder, tmp_path: Path) -> None:
    """With a second process at the figure_worker every byte is the same."""
    together = blank(tmp_path)
    with other_process(sys.executable, "-m", "creditstorm.report.figure_worker") as figure_worker:
        render(
            together,
            builders.unrecovered(),
            builders.overlapping(),
            load(SCENARIO),
            builders.manifest(),
            figure_worker=figure_worker,
        )
    assert hashes(together) == hashes(rendered)


@pytest.mark.usefixtures("figures_drawn_once")
@pytest.mark.parametrize("program", ["", "input()", "print(input()[:3])", "input(); print('gA==')"])
def test_an_easel_that_breaks_costs_no_figure(rendered: RunFolder, tmp_path: Path, program: str) -> None:
    """The second process ends before, without or with half a word, or says something else: all is drawn here."""
    folder = blank(tmp_path)
    with other_process(sys.executable, "-c", program) as broken:
        render(
            folder,
            builders.unrecovered(),
            builders.overlapping(),
            load(SCENARIO),
            builders.manifest(),
            figure_worker=broken,
        )
    assert hashes(folder) == hashes(rendered)


@contextmanager
def other_process(*command: str) -> Iterator[FigureWorker]:
    """An figure_worker at the pipes of a process."""
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield FigureWorker(process.stdin, process.stdout)
        process.kill()
        with suppress(BrokenPipeError):
            process.stdin.close()
