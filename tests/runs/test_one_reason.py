"""What ended a run is told once: nothing that only follows from it stands beside it."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import pytest
from creditstorm.adapters.disk import DISK
from creditstorm.engine.events import ChildDied, PartFailed
from creditstorm.errors import HarnessError
from creditstorm.record.folder import RunFolder
from creditstorm.runs.execute import _FinishedLater
from creditstorm.runs.follow import RunObserver, _BrokenOff

FULL = OSError(errno.ENOSPC, "No space left on device", "answers.parquet")


def observer() -> RunObserver:
    """Of a run that goes on."""
    return RunObserver(prepare=lambda: None)


def told(seen: RunObserver, folder: Path, error: BaseException) -> list[str]:
    """The lines on the screen where this breaks off sealing."""
    with pytest.raises(HarnessError) as found, _FinishedLater(RunFolder(folder), seen):
        raise error
    return str(found.value).splitlines()


def remedy(folder: Path) -> str:
    """What is always said."""
    return f"what was recorded is kept; `creditstorm report {folder}` finishes the report"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_ended_the_run_is_not_told_again_at_sealing(tmp_path: Path, number: int) -> None:
    """It takes no sealed record either; that is no failure of creditstorm."""
    seen = observer()
    seen.take(PartFailed(t_s=1.0, part=DISK, state="has 0.1 MB left"))
    line = "the run was ended, because the disk has 0.1 MB left"
    assert told(seen, tmp_path, OSError(number, os.strerror(number), "x")) == [line, remedy(tmp_path)]


def test_a_disk_that_the_engine_itself_met_is_told_once(tmp_path: Path) -> None:
    """A mark that could not be written, and then no sealed record."""
    seen = observer()
    with _BrokenOff(seen, RunFolder(tmp_path)):
        raise OSError(errno.ENOSPC, "No space left on device", "marks.jsonl")
    line = "the disk takes no more: No space left on device: marks.jsonl; free some space there and try again"
    assert told(seen, tmp_path, FULL) == [line, remedy(tmp_path)]


def test_a_disk_that_is_full_only_at_sealing_is_told_as_that(tmp_path: Path) -> None:
    """The run went well until then."""
    line = "the disk takes no more: No space left on device: answers.parquet; free some space there and try again"
    assert told(observer(), tmp_path, FULL) == [line, remedy(tmp_path)]


def test_files_that_ran_out_are_told_once(tmp_path: Path) -> None:
    """Sealing needs some, too."""
    seen = observer()
    line = "creditstorm itself failed: Too many open files: /proc/stat"
    seen.take(PartFailed(t_s=1.0, part="the harness", state="broke in a thread (sampler)", last_lines=(line,)))
    again = OSError(errno.EMFILE, os.strerror(errno.EMFILE), "manifest.json")
    assert told(seen, tmp_path, again) == [*seen.message.splitlines(), remedy(tmp_path)]


def test_another_failure_at_sealing_is_told_beside_the_disk(tmp_path: Path) -> None:
    """It follows from something else."""
    seen = observer()
    seen.take(PartFailed(t_s=1.0, part=DISK, state="has 0.1 MB left"))
    assert len(told(seen, tmp_path, KeyError("odd"))) == 3


def test_a_folder_that_is_gone_is_told_by_itself(tmp_path: Path) -> None:
    """That no file can be made in it follows."""
    gone = tmp_path / "gone"
    assert told(observer(), gone, FileNotFoundError(errno.ENOENT, "No such file or directory", "x")) == [
        f"{gone} is there no more: it was removed or renamed during the run, and the record with it"
    ]


class Panic(BaseException):
    """As polars raises it: no Exception."""


def test_a_panic_of_a_library_is_told_with_what_is_kept(tmp_path: Path) -> None:
    """At sealing, and while the run goes on."""
    line = "creditstorm itself failed: Panic: could not spawn threads"
    [said, kept] = told(observer(), tmp_path, Panic("could not spawn threads"))
    assert said.startswith(line)
    assert kept == remedy(tmp_path)
    seen = observer()
    with _BrokenOff(seen, RunFolder(tmp_path)):
        raise Panic("could not spawn threads")
    assert seen.message.startswith(line)


def test_an_interrupt_at_sealing_is_none_of_it(tmp_path: Path) -> None:
    """Somebody asked for it."""
    with pytest.raises(KeyboardInterrupt), _FinishedLater(RunFolder(tmp_path), observer()):
        raise KeyboardInterrupt


DIED = ChildDied(t_s=1.0, child="income", exit_code=-signal.SIGSEGV, last_lines=("boom",))
MISSED = PartFailed(t_s=1.0, part="income", state="has ended")
AFTER = PartFailed(t_s=1.1, part="locust", state="has ended")


@pytest.mark.parametrize("events", [(DIED, MISSED), (MISSED, DIED), (DIED, AFTER)])
def test_how_a_child_died_says_more_than_that_it_is_gone(events: tuple[ChildDied | PartFailed, ...]) -> None:
    """Whoever tells of it first; and what failed after it follows from it."""
    seen = observer()
    for event in events:
        seen.take(event)
    assert seen.message == "income died during the run (killed by SIGSEGV); its last words:\n  boom"
    assert seen.reason == "income ended (killed by SIGSEGV)"
