"""The screen, the figures and the page of a matrix, from made-up figures."""

from __future__ import annotations

import io
import json
import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from creditstorm.analysis.matrix.comparison import CellEnding, CellState, Comparison, WorstRecovery
from creditstorm.record.matrix import MatrixFolder
from creditstorm.report.console import WIDTH
from creditstorm.report.figures.matrix import windows as matrix_windows
from creditstorm.report.matrix.page import render_matrix
from creditstorm.report.matrix.phrases import cheapest_in_words, listed, p_value, points, short_money, tick, way_back
from creditstorm.report.matrix.table import print_comparison
from creditstorm.report.style import look, spread
from tests.analysis.matrix.cells import FATES, CallDraw, cell, compared, everything

GOLDEN = Path(__file__).parent / "golden"
PAGE = Path("results/20261111-000000-bureau-matrix/matrix.html")


def nothing() -> Comparison:
    """Not one run was measured."""
    return compared([], lacking=[CellState("retry", 0, 11, "retry-0", CellEnding.FAILED)])


def calm() -> Comparison:
    """One policy, no fault window, nobody wronged."""
    return compared([cell("fail-closed", CallDraw(0.0, None, back_s=None))])


def doubtful() -> Comparison:
    """Three repeats, of which one is in doubt and one is missing."""
    cells = [cell(name, FATES[name], repeat) for repeat in range(2) for name in ("fail-closed", "tri-state")]
    last = cell("fail-closed", replace(FATES["fail-closed"], doubts=("the machine was out of CPU",)), 2)
    lacking = [CellState("tri-state", 2, 13, "tri-state-2", CellEnding.MISSING)]
    return compared([*cells, last], lacking=lacking, repeats=3)


MATRICES = {"everything": everything, "nothing": nothing, "calm": calm, "doubtful": doubtful}


def screen(comparison: Comparison, **options: object) -> str:
    """What is printed, on a pipe unless said otherwise."""
    out = io.StringIO()
    print_comparison(Console(file=out, **options), comparison, exit_code=comparison.exit_code, page=PAGE)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("name", MATRICES)
def test_the_screen_is_as_agreed(name: str) -> None:
    """Each made-up matrix gives exactly its golden screen."""
    golden = GOLDEN / f"matrix_{name}.txt"
    text = screen(MATRICES[name]())
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MATRICES)
def test_no_line_is_wider_than_a_hundred_columns(name: str) -> None:
    """Nothing wraps on the screen but the path, which must stay whole."""
    assert max(len(line) for line in screen(MATRICES[name]()).splitlines()) <= WIDTH


def test_colours_carry_nothing() -> None:
    """A terminal with colours says the same words."""
    coloured = screen(everything(), force_terminal=True, width=WIDTH, color_system="truecolor")
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == screen(everything())


@pytest.mark.parametrize("name", MATRICES)
def test_everything_is_written_and_the_same_each_time(name: str, tmp_path: Path) -> None:
    """JSON, page and three figures as SVG and PNG; the same figures give the same bytes."""
    folder = MatrixFolder(tmp_path)
    written = render_matrix(folder, MATRICES[name]())
    assert {folder.table, folder.page} < set(written)
    assert len(list(folder.plots.iterdir())) == 6
    before = [path.read_bytes() for path in written]
    render_matrix(folder, MATRICES[name]())
    assert [path.read_bytes() for path in written] == before


def test_the_json_holds_the_figures(tmp_path: Path) -> None:
    """What the screen says can be read by a program: rates, pairs, prices, cells, exit code."""
    folder = MatrixFolder(tmp_path)
    render_matrix(folder, everything())
    told = json.loads(folder.table.read_text())
    shown = {figures["policy"]: figures for figures in told["policies"]}
    assert shown["tri-state"]["wrongful_in_windows"]["value"] == 0.002
    assert shown["tri-state"]["against_first"]["only_first"] == 976
    assert shown["fail-closed"]["against_first"] is None
    assert len(shown["retry"]["costs_cny"]) == len(told["prices_cny"])
    assert told["cells"][0]["folder"] == "fail-closed-0"
    assert told["exit_code"] == 0


def test_the_page_asks_for_nothing_and_leads_to_every_report(tmp_path: Path) -> None:
    """No address but the runs' own reports, relative; a run that is not there is not linked; text is escaped."""
    folder = MatrixFolder(tmp_path)
    render_matrix(folder, replace(doubtful(), why="<b>why</b>"))
    page = folder.page.read_text()
    links = re.findall(r'(?:href|src)="([^"#][^"]*)"', page)
    assert links == [f"{state.folder}/report.html" for state in doubtful().cells if state.how == "completed"]
    assert "http" not in re.sub(r'http-equiv|xmlns(:\w+)?="[^"]*"', "", page)
    assert "tri-state-2" in page
    assert "&lt;b&gt;why" in page
    assert page.count('role="img"') == 3


def test_the_title_names_both_ends() -> None:
    """Who told most people "no credit" and who fewest, near ones together; or that all were alike."""
    title = matrix_windows.title(everything())
    assert title == (
        "Wrongful “no credit” while the faults were on: 98.7–99.5 % under fail-closed, retry and 3 others, "
        "0.2 % under tri-state and tri-state-shed"
    )
    alike = compared([cell("retry", CallDraw(window=0.99)), cell("hedge", CallDraw(window=0.985))])
    assert matrix_windows.title(alike).startswith("Every policy told 98.5–99.0 % of eligible people")
    assert matrix_windows.title(nothing()).startswith("Nobody eligible asked")


def test_money_and_differences_in_short() -> None:
    """Three figures and a unit; a sign; never a p of 0."""
    assert [short_money(cny) for cny in (None, 0, 7.53, 120.4, 9_999, 38_140, 2.4e6, 3.1e9)] == [
        *("–", "¥0", "¥7.5", "¥120", "¥9,999", "¥38.1k", "¥2.40M", "¥3.10G"),
    ]
    assert [tick(cny) for cny in (60_000, 1e6, 100, 1_500_000)] == ["¥60k", "¥1M", "¥100", "¥1.5M"]
    assert [points(share) for share in (-0.341, 0.02, 0.0001)] == ["−34.1", "+2.0", "0.0"]
    assert [p_value(p) for p in (None, 0.0, 0.0321, 1.0)] == ["p –", "p < 0.001", "p = 0.032", "p = 1"]
    assert [listed(names) for names in (["a"], ["a", "b", "c"], list("abcde"))] == [
        "a",
        "a, b and c",
        "a, b and 3 others",
    ]


def test_who_is_cheapest_in_words() -> None:
    """Nobody known, one for all prices, or one after the other."""
    assert "cannot be told" in cheapest_in_words(nothing())
    assert cheapest_in_words(calm()) == "fail-closed is cheapest whatever a wrongful “no credit” costs"
    assert "; from ¥4.1 on it is tri-state-shed" in cheapest_in_words(everything())


@given(st.lists(st.floats(0, 1), max_size=12))
def test_labels_keep_their_distance(places: list[float]) -> None:
    """At least the gap between any two, in the order of their places, inside the bounds where there is room."""
    put = spread(places, 0.05, 0.0, 1.0)
    ordered = sorted(put)
    assert all(b - a >= 0.05 - 1e-9 for a, b in pairwise(ordered))
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in put)
    assert sorted(range(len(put)), key=lambda i: put[i]) == sorted(range(len(put)), key=lambda i: places[i])


def test_no_two_of_fourteen_policies_look_alike() -> None:
    """Colour with dash, and colour with marker, are different for each."""
    looks = [look(index) for index in range(14)]
    assert len({(one.colour, one.dash) for one in looks}) == len({(one.colour, one.marker) for one in looks}) == 14


@pytest.mark.parametrize(
    ("recovery", "said"),
    [
        (WorstRecovery(0, 0, None, 0.0, metastable=False, relapsed=False), "–"),
        (WorstRecovery(2, 1, None, 9.0, metastable=False, relapsed=False), "unclear"),
        (WorstRecovery(2, 1, None, 400.0, metastable=True, relapsed=False), "never"),
        (WorstRecovery(2, 2, 0.0, 0.0, metastable=False, relapsed=False), "at once"),
        (WorstRecovery(2, 2, 9.0, 8.0, metastable=False, relapsed=False), "9 s"),
        (WorstRecovery(2, 2, 9.0, 8.0, metastable=False, relapsed=True), "relapse"),
    ],
)
def test_the_worst_way_back(recovery: WorstRecovery, said: str) -> None:
    """None to come back from, not shown, never, how soon; a relapse is not passed over."""
    assert way_back(recovery) == said
