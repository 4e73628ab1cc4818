"""A reader meets the old content or the new, and what was half written does not stay."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from creditstorm.errors import UsageError
from creditstorm.record.files import replace_bytes, replace_file, sweep


@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_what_interrupts_writing_leaves_the_old_content_alone(tmp_path: Path, error: BaseException) -> None:
    """And nothing beside it."""

    def half(fresh: Path) -> None:
        fresh.write_bytes(b"ha")
        raise error

    path = tmp_path / "file"
    replace_bytes(path, b"old")
    with pytest.raises(type(error)):
        replace_file(path, half)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert path.read_bytes() == b"old"


def test_what_the_dead_left_half_written_is_swept_away(tmp_path: Path) -> None:
    """What a process that lives is writing, and whatever else there is, stays."""
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    stays = [".answers.parquet.tmp", f".report.html.{os.getpid()}.tmp", "report.html.1.tmp"]
    for name in (f".answers.parquet.{int(dead.stdout)}.tmp", *stays):
        (tmp_path / name).touch()
    (link := tmp_path.with_name("link")).symlink_to(tmp_path)
    sweep(link)
    assert len(list(tmp_path.iterdir())) == 4
    sweep(tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted(stays)


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    """By its own name, with what to do; nothing half written is left."""
    (tmp_path / "page.html").mkdir()
    with pytest.raises(UsageError, match=r"page\.html: is a folder, where a file is to be\. Remove it"):
        replace_bytes(tmp_path / "page.html", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
