"""What a worker writes is where the harness looks for it."""

from __future__ import annotations

import os
from pathlib import Path

from creditstorm.generator.recorder import WorkerFiles, read_start
from creditstorm.messages import LoadStart, WorkerDone, WorkerProgress, WorkerReady
from creditstorm.record.files import read_json_object, replace_json
from creditstorm.record.folder import LiveFolder

PROGRESS = WorkerProgress(1.5, 4, 3, 2, 1)
DONE = WorkerDone(4, 2, None, stopped=False)


def test_each_word_is_in_the_file_of_its_worker(tmp_path: Path) -> None:
    """Ready, progress and done of worker 1, as messages."""
    files, live = WorkerFiles(tmp_path, 1), LiveFolder(tmp_path)
    files.say_ready(90)
    files.say_progress(PROGRESS)
    files.say_done(DONE)
    assert WorkerReady.parse(read_json_object(live.ready(1)) or {}) == WorkerReady(90, os.getpid())
    assert WorkerProgress.parse(read_json_object(live.progress(1)) or {}) == PROGRESS
    assert WorkerDone.parse(read_json_object(live.done(1)) or {}) == DONE


def test_its_streams_are_begun_when_they_are_asked_for(tmp_path: Path) -> None:
    """Also where the folder is not there yet."""
    files, live = WorkerFiles(tmp_path / "live", 1), LiveFolder(tmp_path / "live")
    for stream in (files.answers(90), files.notices()):
        assert stream is not None
        stream.close()
    assert (live.all_answers(), live.all_notices()) == ([live.answers(1)], [live.notices(1)])


def test_without_a_record_nothing_is_written() -> None:
    """A load by hand has no folder."""
    files = WorkerFiles(None, 0)
    files.say_ready(90)
    files.say_progress(PROGRESS)
    files.say_done(DONE)
    assert (files.answers(90), files.notices()) == (None, None)


def test_the_start_is_awaited(tmp_path: Path) -> None:
    """None until it is there."""
    assert read_start(tmp_path / "start.json") is None
    replace_json(tmp_path / "start.json", {"t0_monotonic": 12.5, "host": "http://127.0.0.1:1"})
    assert read_start(tmp_path / "start.json") == LoadStart(12.5, "http://127.0.0.1:1")
