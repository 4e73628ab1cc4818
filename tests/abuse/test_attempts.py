"""What counts the attempts would see one that failed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.abuse.attempts import PROPERTY, Attempts, Told, table, wrong_with

HOOK = "pytest_terminal_summary"


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (Told(2, "", "x.yaml:3: wrong\n  remedy\n"), ""),
        (Told(0, "fine\n", "x.yaml:3: warning: small\n"), ""),
        (Told(1, "", "", "KeyError: 'cell'"), "KeyError"),
        (Told(1, "", ""), "exit 1"),
        (Told(2, "", "x.yaml: wrong\nTraceback (most recent call last):\n"), "traceback"),
        (Told(2, "", ""), "without a word"),
        (Told(2, "", "somewhere: wrong\n"), "not located"),
        (Told(2, "", "x.yaml:1: a\nx.yaml:2: b\nx.yaml:3: c\n"), "3 messages"),
        (Told(0, "\x1b[31mred", ""), "U+001B"),
        (Told(0, "x" * 9000, ""), "nobody reads"),
    ],
)
def test_what_does_not_hold_is_seen(told: Told, says: str) -> None:
    """Each way in which an answer can be wrong is told, and a good one is not."""
    found = wrong_with(told, (0, 2), ("x.yaml",), most=2)
    assert (says in found) if says else not found


def test_a_failed_attempt_fails_the_test_and_is_counted() -> None:
    """All are made first; the row says how many held."""
    kept: list[object] = []

    def made() -> None:
        with Attempts("a", lambda *row: kept.append(row)) as attempts:
            attempts.made("first", "it broke")
            attempts.made("second", "")

    with pytest.raises(AssertionError, match="1 of 2 failed"):
        made()
    assert kept == [(PROPERTY, ("a", 2, 1))]
    assert list(table([("a", 2, 1)]))[1:] == ["a        2      1       1", "all      2      1       1"]


def test_whoever_hands_tests_to_other_processes_shows_the_table(pytestconfig: pytest.Config) -> None:
    """It knows the conftest at the top alone: in the one of this folder the table was never seen in a whole suite."""
    ours = [
        one for one in pytestconfig.pluginmanager.get_plugins() if getattr(one, "__name__", "").endswith("conftest")
    ]
    assert [Path(str(one.__file__)).parent.name for one in ours if hasattr(one, HOOK)] == ["tests"]
