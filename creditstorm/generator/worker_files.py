"""What a worker of the load writes: its streams of rows, and the small files that tell the harness how far it is."""

import os
from pathlib import Path
from typing import Protocol

from creditstorm.messages import LoadStart, Message, WorkerReady
from creditstorm.record import schema
from creditstorm.record.files import read_json_object, replace_json
from creditstorm.record.folder import LiveFolder
from creditstorm.record.stream import LiveWriter

Row = tuple[object, ...]


class RowWriter(Protocol):
    """Where rows go; creditstorm.record.stream.LiveWriter is one."""

    def write(self, rows: list[Row]) -> None:
        """Append rows in the order of the columns."""

    def close(self) -> None:
        """End the stream."""


class WorkerFiles:
    """The files of one worker in `live/`; none is written where nobody keeps a record and `live_dir` is None."""

    def __init__(self, live_dir: Path | None, worker: int) -> None:
        self._live = LiveFolder(live_dir) if live_dir else None
        self._worker = worker

    def answers(self, planned: int) -> RowWriter | None:
        """The stream of its answers, begun now."""
        if self._live is None:
            return None
        self._live.root.mkdir(parents=True, exist_ok=True)
        labels = {"planned": str(planned), "worker": str(self._worker)}
        return LiveWriter(self._live.answers(self._worker), schema.ANSWERS, labels)

    def notices(self) -> RowWriter | None:
        """The stream of the notices that reach its people, begun now."""
        return LiveWriter(self._live.notices(self._worker), schema.NOTICES) if self._live else None

    def say_ready(self, planned: int) -> None:
        """It has worked out what to do, and waits for the start."""
        if self._live is not None:
            replace_json(self._live.ready(self._worker), WorkerReady(planned, os.getpid()).as_json())

    def say_progress(self, progress: Message) -> None:
        """How far it is."""
        if self._live is not None:
            replace_json(self._live.progress(self._worker), progress.as_json())

    def say_done(self, done: Message) -> None:
        """Every row is in its stream."""
        if self._live is not None:
            replace_json(self._live.done(self._worker), done.as_json())


def read_start(path: Path) -> LoadStart | None:
    """The start, once it is there."""
    content = read_json_object(path)
    return None if content is None else LoadStart.parse(content)
