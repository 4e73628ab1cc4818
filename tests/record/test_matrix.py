"""The folder of a matrix: gone on with, never shared, and nobody else's files touched."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ended
from creditstorm.record.matrix import MatrixFolder, is_finished, open_matrix, read_journal
from tests.analysis.builders import manifest

NOW = datetime(2026, 11, 11, tzinfo=UTC)


def finished_run(folder: RunFolder, how: str = "completed") -> None:
    """A run folder that looks sealed."""
    folder.root.mkdir(exist_ok=True)
    manifest(ended=Ended(how)).write(folder)
    folder.answers.touch()


def test_a_new_folder_keeps_its_journal(tmp_path: Path) -> None:
    """Opened, written, opened again: the events of both times in order."""
    for number in (1, 2):
        with open_matrix("calm", now=NOW, wanted=tmp_path / "m") as (folder, journal):
            journal.write("asked", number=number)
    assert [event.line["number"] for event in read_journal(folder)] == [1, 2]


def test_without_a_wish_the_folder_is_named_after_time_and_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``results/<time>-<scenario>-matrix``."""
    monkeypatch.chdir(tmp_path)
    with open_matrix("calm", now=NOW, wanted=None) as (folder, _):
        assert folder.root == Path("results/20261111-000000-calm-matrix")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """No journal in it: not a matrix, so nothing is written there."""
    (tmp_path / "mine").write_text("kept")
    with pytest.raises(UsageError, match="is not empty"), open_matrix("calm", now=NOW, wanted=tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    """The second says who is at work; once the first is gone it may."""
    wanted = tmp_path / "m"
    with (
        open_matrix("calm", now=NOW, wanted=wanted),
        pytest.raises(UsageError, match="another creditstorm matrix"),
        open_matrix("calm", now=NOW, wanted=wanted),
    ):
        pass
    with open_matrix("calm", now=NOW, wanted=wanted):
        pass


def test_a_torn_last_line_is_dropped(tmp_path: Path) -> None:
    """Half a line of a killed writer neither stops the reader nor spoils the next line."""
    wanted = tmp_path / "m"
    with open_matrix("calm", now=NOW, wanted=wanted) as (folder, journal):
        journal.write("asked")
    with folder.journal.open("a") as file:
        file.write('{"event": "cell_sta')
    with open_matrix("calm", now=NOW, wanted=wanted) as (folder, journal):
        journal.write("concluded")
    assert [event.event for event in read_journal(folder)] == ["asked", "concluded"]


def test_an_unfinished_cell_begins_anew_in_an_empty_folder(tmp_path: Path) -> None:
    """What the matrix itself left of a killed run is removed, also by the next process."""
    wanted = tmp_path / "m"
    with open_matrix("calm", now=NOW, wanted=wanted) as (_, journal):
        (journal.begin("retry-0").root / "half").touch()
    with open_matrix("calm", now=NOW, wanted=wanted) as (_, journal):
        assert list(journal.begin("retry-0").root.iterdir()) == []


def test_a_cell_that_is_not_its_own_is_not_removed(tmp_path: Path) -> None:
    """A folder of the same name that no event of the journal speaks of stays as it is."""
    with open_matrix("calm", now=NOW, wanted=tmp_path / "m") as (folder, journal):
        (folder.root / "retry-0").mkdir()
        (folder.root / "retry-0" / "thesis.txt").touch()
        with pytest.raises(UsageError, match="is not of this matrix"):
            journal.begin("retry-0")
        assert (folder.root / "retry-0" / "thesis.txt").exists()


@pytest.mark.parametrize("how", ["running", "interrupted", "failed"])
def test_only_a_completed_and_sealed_run_is_finished(how: str, tmp_path: Path) -> None:
    """Anything else is run again; so is one whose rows were not sealed."""
    cell = MatrixFolder(tmp_path).cell("retry-0")
    assert not is_finished(cell)
    finished_run(cell, how)
    assert not is_finished(cell)
    finished_run(cell)
    assert is_finished(cell)
    cell.live.mkdir()
    assert not is_finished(cell)


def test_a_spoilt_journal_is_said_so(tmp_path: Path) -> None:
    """A line that is no event names file and line."""
    (tmp_path / "matrix.jsonl").write_text('{"event": "asked"}\nnonsense\n')
    with pytest.raises(UsageError, match=r"matrix\.jsonl:2: not an event"):
        read_journal(MatrixFolder(tmp_path))
