"""A run folder is always a new one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.folder import new_run_folder

NOW = datetime(2026, 11, 11, 0, 0, 1, tzinfo=UTC)


def test_two_runs_in_one_second_get_two_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name tells time, scenario and policy; a number follows where it is taken."""
    monkeypatch.chdir(tmp_path)
    made = [new_run_folder("calm", "tri-state", now=NOW).root.name for _ in range(2)]
    assert made == ["20261111-000001-calm-tri-state", "20261111-000001-calm-tri-state-2"]


def test_a_wanted_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    """--out names the folder itself."""
    folder = new_run_folder("calm", "p", now=NOW, wanted=tmp_path / "a" / "b")
    assert folder.root == tmp_path / "a" / "b"
    assert list(folder.root.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A folder that holds something is refused."""
    (tmp_path / "kept").touch()
    with pytest.raises(UsageError, match="not empty"):
        new_run_folder("calm", "p", now=NOW, wanted=tmp_path)


def test_a_folder_that_cannot_be_made_is_the_environments_fault(tmp_path: Path) -> None:
    """The message names the reason and the remedy."""
    (tmp_path / "file").touch()
    with pytest.raises(HarnessError, match="--out"):
        new_run_folder("calm", "p", now=NOW, wanted=tmp_path / "file" / "run")
