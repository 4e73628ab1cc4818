from __future__ import annotations

from pathlib import Path

import pytest

from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.marks import MarkJournal, read_marks

MARK: dict[str, object] = {"t_s": 1.5, "event": "fault_effective", "fault": "bureau"}


def test_marks_come_back_in_order_while_the_journal_is_open(tmp_path: Path) -> None:
    """Each mark is readable as soon as it is written."""
    journal = MarkJournal(tmp_path / "marks.jsonl")
    for t_s in (1.0, 2.0):
        journal.write({**MARK, "t_s": t_s})
    assert [mark["t_s"] for mark in read_marks(RunFolder(tmp_path))] == [1.0, 2.0]
    journal.close()


@pytest.mark.parametrize("tail", ['{"t_s": 2.0, "ev', '{"t_s": 2.0', "{", '"word"'])
def test_a_torn_last_line_is_left_out(tmp_path: Path, tail: str) -> None:
    """A kill in the middle of a line costs that line only."""
    (tmp_path / "marks.jsonl").write_text('{"t_s": 1.5, "event": "fault_effective", "fault": "bureau"}\n' + tail)
    assert read_marks(RunFolder(tmp_path)) == [MARK]


def test_a_last_line_that_only_lacks_its_newline_counts(tmp_path: Path) -> None:
    """A whole mark is a mark."""
    (tmp_path / "marks.jsonl").write_text('{"t_s": 1.5, "event": "fault_effective", "fault": "bureau"}')
    assert read_marks(RunFolder(tmp_path)) == [MARK]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"t_s": "soon", "event": "x"}', '{"event": "x"}', '{"t_s": true, "event": "x"}']
)
def test_a_damaged_line_is_named_with_its_number(tmp_path: Path, line: str) -> None:
    """A journal changed afterwards is refused, with the place."""
    (tmp_path / "marks.jsonl").write_text('{"t_s": 0, "event": "a"}\n' + line + '\n{"t_s": 1, "event": "b"}\n')
    with pytest.raises(UsageError, match=r"marks\.jsonl:2: not a mark"):
        read_marks(RunFolder(tmp_path))


def test_no_journal_is_no_marks(tmp_path: Path) -> None:
    """A run that ended before its first event has none."""
    assert read_marks(RunFolder(tmp_path)) == []
