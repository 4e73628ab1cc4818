"""A run whose harness was killed is told of by `creditstorm doctor`; one that ended, or goes on, is not."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from creditstorm.errors import UsageError
from creditstorm.record.folder import LATEST, RunFolder
from creditstorm.record.manifest import Ended, Ending, Mode
from creditstorm.runs import cut_off
from creditstorm.runs.begun import manifest_of
from creditstorm.runs.conclude import analysed
from creditstorm.runs.ready import examined
from tests.analysis.builders import scenario


def left(results: Path, how: Ending, quiet_s: float) -> RunFolder:
    """The newest run there, which nobody wrote to for so long."""
    folder = RunFolder(results / "run")
    folder.live.mkdir(parents=True)
    (folder.live / "answers-0.arrows").write_bytes(b"")
    replace(manifest_of(scenario(), "run", Mode.SIMULATED), ended=Ended(how)).write(folder)
    (results / LATEST).symlink_to("run")
    for path in (*folder.live.iterdir(), folder.live, folder.manifest, folder.root):
        then = path.stat().st_mtime - quiet_s
        os.utime(path, (then, then))
    return folder


def test_a_run_that_was_cut_off_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no fault of the machine; that the kernel kills for want of memory may be why."""
    monkeypatch.setattr(cut_off, "killed_for_memory", lambda: 3)
    root = tmp_path / LATEST
    left(tmp_path, Ending.RUNNING, 60.0)
    told = cut_off.last_run_cut_off(tmp_path)
    assert told in examined(tmp_path)
    assert told is not None
    assert told.ok
    assert told.detail == (
        f"{root} was cut off: its harness was killed (the kernel has killed 3 here for want of memory, whenever); "
        f"`creditstorm report {root}` reports what it kept"
    )


@pytest.mark.parametrize(("how", "quiet_s"), [(Ending.RUNNING, 5.0), (Ending.COMPLETED, 60.0), (Ending.FAILED, 60.0)])
def test_a_run_that_ended_or_goes_on_is_not(tmp_path: Path, how: Ending, quiet_s: float) -> None:
    """Who ended in order has said so."""
    left(tmp_path, how, quiet_s)
    assert cut_off.last_run_cut_off(tmp_path) is None


def test_a_run_that_was_cut_off_before_its_load_is_told_as_that(tmp_path: Path) -> None:
    """It is a run folder, and there is nothing to report."""
    folder = left(tmp_path, Ending.RUNNING, 60.0)
    shutil.rmtree(folder.live)
    with pytest.raises(UsageError, match="its run was cut off before anybody was asked"):
        analysed(folder)
    shutil.rmtree(folder.root)
    folder.root.mkdir()
    with pytest.raises(UsageError, match="no answers in it"):
        analysed(folder)


@pytest.mark.parametrize("latest", ["", "nowhere", "a\nb"])
def test_where_there_is_no_run_nothing_is_said(tmp_path: Path, latest: str) -> None:
    """No link, or one that leads nowhere."""
    if latest:
        (tmp_path / LATEST).write_text(latest)
    assert cut_off.last_run_cut_off(tmp_path) is None
