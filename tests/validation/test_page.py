"""The page that `make validation` writes: whole, of this code, and nothing on it fails."""

from __future__ import annotations

from benchmarks.validation import chain, cut, surge, waiting
from benchmarks.validation.__main__ import PAGE
from benchmarks.validation.checks import at_the_edge
from benchmarks.validation.table import HEAD, SAID, Row, Table, holds, page

TEXT = PAGE.read_text(encoding="utf-8")
JUDGED = {
    "R1: a surge of a minute, 18 labelled experiments": (len(surge.PUBLISHED), None),
    "R1: how many of the 18 are right, and where every second run comes back": (len(surge.As), 1),
    "R2: the CPU of a server is cut": (len(cut.PUBLISHED), len(cut.PUBLISHED)),
    "R2: our own boundary": (2, 2),
    "R3: from full to empty": (len(chain.LOADS_HZ), len(chain.LOADS_HZ)),
    "The wait before the queue": (len(waiting.STATIONS), len(waiting.STATIONS)),
}
"""The tables: how many lines, and how many of them are judged."""


def test_every_table_is_there_and_nothing_on_it_fails() -> None:
    """As many lines as the checks have, and all that is judged holds."""
    found = holds(TEXT)
    assert {title: len(column) for title, column in found.items()} == {title: n for title, (n, _) in JUDGED.items()}
    assert SAID[False] not in {said for column in found.values() for said in column}
    judged = {title: column.count(SAID[True]) for title, column in found.items()}
    assert judged == {title: n or 0 for title, (_, n) in JUDGED.items()}


def test_the_page_is_of_these_experiments() -> None:
    """Its lines are the published ones that the code has, and its head is the code's."""
    assert TEXT.startswith(HEAD)
    for one in surge.PUBLISHED:
        told = "came back" if one.came_back else "stayed down"
        start = f"| {one.capacity_hz:g} | {surge.workers(one)} | {one.base_hz:g} | {one.surge_hz:g} | {told} |"
        assert start in TEXT
    for station in waiting.STATIONS:
        assert f"| {station.name} | {station.busy:g} | {station.wait_s():.5g} |" in TEXT
    for load_hz in chain.LOADS_HZ:
        assert f"| {load_hz:g} | {chain.mean_s(load_hz):.1f} |" in TEXT


def test_a_line_that_fails_is_seen() -> None:
    """What does not hold says so in the column that the page is read by."""
    table = Table("R", "Said.", ("a",), (Row(("1",), holds=True), Row(("2",), holds=False), Row(("3",))))
    assert holds(page([table])) == {"R": [SAID[True], SAID[False], SAID[None]]}


def test_the_page_says_how_many_of_its_majorities_hang_on_the_seeds() -> None:
    """From its own column of shares: a tie and what lies near it is named beside the number that is right."""
    rows = [line.split(" | ") for line in TEXT.splitlines() if line.count(" | ") == 7 and "% ± " in line]
    back = [int(row[5].split("%")[0]) for row in rows[: len(surge.PUBLISHED)]]
    assert at_the_edge(back, 100) in TEXT
    assert at_the_edge([100 * one.came_back for one in surge.PUBLISHED], 100).startswith("18 of the 18 are right")
