"""What nobody foresaw is one line that says what, where in our code, and where the traceback is."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import pytest
from creditstorm.unforeseen import unforeseen
from creditstorm.units import duration_text


def raised(error: Exception) -> Exception:
    """The error, with a traceback."""
    try:
        raise error
    except type(error) as found:
        return found


def test_the_line_says_what_and_the_log_how(tmp_path: Path) -> None:
    """In the log of the run where there is one."""
    found = unforeseen(raised(KeyError("who\nknows")), tmp_path / "harness.log")
    what = "creditstorm itself failed: KeyError: 'who\\nknows'"
    assert str(found) == f"{what}; the traceback is kept in {tmp_path}/harness.log"
    assert found.exit_code == 4
    assert "Traceback (most recent call last)" in (tmp_path / "harness.log").read_text()


def test_without_a_log_the_traceback_is_in_the_temporary_folder(tmp_path: Path) -> None:
    """Also where the folder of the run is gone; the line names the file."""
    said = str(unforeseen(raised(ValueError("odd")), tmp_path / "gone" / "harness.log"))
    kept = re.search(r"kept in (\S+)", said)
    assert kept is not None
    assert "ValueError: odd" in Path(kept[1]).read_text()


def test_the_deepest_line_of_ours_is_named(tmp_path: Path) -> None:
    """Whoever reports it says where it was."""
    with pytest.raises(TypeError) as error:
        duration_text(None)  # type: ignore[arg-type]
    assert re.search(r"\(units\.py:\d+\)", str(unforeseen(error.value, tmp_path / "log")))


def test_a_full_disk_gets_its_remedy(tmp_path: Path) -> None:
    """By whatever call it was found; it is no failure of creditstorm, and our code says nothing about it."""
    full = OSError(errno.ENOSPC, "No space left on device", "somewhere")
    said = str(unforeseen(raised(full), tmp_path / "log"))
    assert said == ("the disk takes no more: No space left on device: somewhere; free some space there and try again")


def test_a_limit_of_the_size_of_files_is_no_full_disk(tmp_path: Path) -> None:
    """No space that anybody frees would help."""
    said = str(unforeseen(raised(OSError(errno.EFBIG, "File too large")), tmp_path / "log"))
    assert said.endswith("ulimit -f unlimited, in the shell that starts creditstorm")


def test_too_few_open_files_get_their_remedy(tmp_path: Path) -> None:
    """By whatever call it was found."""
    said = str(unforeseen(raised(OSError(errno.EMFILE, "Too many open files")), tmp_path / "log"))
    assert said.endswith("ulimit -n 1024 or more, in the shell that starts creditstorm")


def test_a_limit_of_threads_is_named(tmp_path: Path) -> None:
    """Python says only that it cannot."""
    said = str(unforeseen(raised(RuntimeError("can't start new thread")), tmp_path / "log"))
    assert said.endswith(
        "; too few threads may be started here: ulimit -u, or pids.max of the control group, is reached"
    )
