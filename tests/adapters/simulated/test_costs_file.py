"""Costs that were measured on some machine, written and read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from creditstorm.adapters.simulated.costs import Costs
from creditstorm.adapters.simulated.costs_file import read_costs, write_costs
from creditstorm.errors import UsageError


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """In a folder that was not there before."""
    path = tmp_path / "new" / "costs.json"
    write_costs(path, Costs(call_s=0.003), {})
    assert read_costs(path) == Costs(call_s=0.003)


def test_a_cost_that_is_not_named_is_as_always(tmp_path: Path) -> None:
    """A file needs to say only what differs."""
    path = tmp_path / "costs.json"
    path.write_text('{"schema": 1, "costs_s": {"leave_s": 0.01}}')
    assert read_costs(path) == Costs(leave_s=0.01)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ({"schema": 2, "costs_s": {}}, "schema: expected 1, got 2"),
        ({"schema": 1}, "costs_s: expected seconds by name"),
        ({"schema": 1, "costs_s": {"cal_s": 0.1}}, "did you mean call_s"),
        ({"schema": 1, "costs_s": {"call_s": -0.1}}, "expected seconds from 0 to 60"),
        ({"schema": 1, "costs_s": {"call_s": True}}, "expected seconds from 0 to 60"),
        ({"schema": 1, "costs_s": {"call_s": "1 ms"}}, "expected seconds from 0 to 60"),
    ],
)
def test_what_is_no_file_of_costs_is_told(tmp_path: Path, content: object, said: str) -> None:
    """With its place, what is allowed and what to do."""
    path = tmp_path / "costs.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(UsageError, match=said) as told:
        read_costs(path)
    assert "creditstorm calibrate" in str(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By its path."""
    with pytest.raises(UsageError, match="nowhere"):
        read_costs(tmp_path / "nowhere.json")


def test_what_is_no_file_is_told_by_the_option(tmp_path: Path) -> None:
    """A pipe is not opened, and nobody is told to restore a run."""
    with pytest.raises(UsageError, match=r"--costs .*: is no regular file\n  `creditstorm calibrate"):
        read_costs(tmp_path)
