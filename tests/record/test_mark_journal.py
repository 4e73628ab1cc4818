from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.mark_journal import MarkJournal, mark_of, read_marks
from creditstorm.record.marks import ClockJumped, FaultEffective, FaultMissed, HarnessStalled, LoadStarted, UnknownMark

MARK = FaultEffective(t_s=1.5, fault="bureau")


def test_marks_come_back_in_order_while_the_journal_is_open(tmp_path: Path) -> None:
    """Each mark is readable as soon as it is written."""
    journal = MarkJournal(tmp_path / "marks.jsonl")
    for t_s in (1.0, 2.0):
        journal.write(replace(MARK, t_s=t_s))
    assert [mark.t_s for mark in read_marks(RunFolder(tmp_path))] == [1.0, 2.0]
    journal.close()


@pytest.mark.parametrize("tail", ['{"t_s": 2.0, "ev', '{"t_s": 2.0', "{", '{"t_s": 2.0}'])
def test_a_torn_last_line_is_left_out(tmp_path: Path, tail: str) -> None:
    """A kill in the middle of a line costs that line only."""
    (tmp_path / "marks.jsonl").write_text('{"t_s": 1.5, "event": "fault_effective", "fault": "bureau"}\n' + tail)
    assert read_marks(RunFolder(tmp_path)) == [MARK]


@pytest.mark.parametrize("tail", ['"word"', "\0\0", "7"])
def test_a_last_line_that_no_mark_begins_with_is_named(tmp_path: Path, tail: str) -> None:
    """No kill leaves that behind."""
    (tmp_path / "marks.jsonl").write_text('{"t_s": 1.5, "event": "fault_effective", "fault": "bureau"}\n' + tail)
    with pytest.raises(UsageError, match=r"marks\.jsonl:2: not a mark"):
        read_marks(RunFolder(tmp_path))


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


def test_a_mark_comes_back_as_what_was_written(tmp_path: Path) -> None:
    """Analysis meets the value that the engine made, not a mapping."""
    started = LoadStarted(t_s=0.0, planned=7, ends_s=75.0)
    journal = MarkJournal(tmp_path / "marks.jsonl")
    journal.write(started)
    journal.close()
    assert read_marks(RunFolder(tmp_path)) == [started]


def test_what_another_version_wrote_is_kept() -> None:
    """A kind that is not known is read as it is; a key that is not known does not hide the mark that has it."""
    unknown = {"t_s": 1.0, "event": "fault_moved", "fault": "bureau"}
    assert mark_of(unknown) == UnknownMark(t_s=1.0, line=unknown)
    assert mark_of(unknown).as_json() == unknown
    more = {"t_s": 1.5, "event": "fault_effective", "fault": "bureau", "share": 0.5}
    assert mark_of(more) == MARK


def test_a_mark_that_said_less_in_another_version_is_no_fault() -> None:
    """Without the name of its fault nothing can be concluded from a mark, and it is kept."""
    nameless = {"t_s": 1.0, "event": "fault_applied"}
    assert mark_of(nameless) == UnknownMark(t_s=1.0, line=nameless)
    assert mark_of(nameless).as_json() == nameless


def test_lost_time_comes_back_as_what_was_written(tmp_path: Path) -> None:
    """A missed fault, a stall and a sleep are values again, not marks of another version."""
    lost = [
        HarnessStalled(t_s=9.2, seconds=8.0),
        FaultMissed(t_s=9.2, fault="bureau", kind="blackhole", target="bureau", overdue_s=6.2),
        ClockJumped(t_s=20.0, seconds=600.0),
    ]
    journal = MarkJournal(tmp_path / "marks.jsonl")
    for mark in lost:
        journal.write(mark)
    journal.close()
    assert read_marks(RunFolder(tmp_path)) == lost
