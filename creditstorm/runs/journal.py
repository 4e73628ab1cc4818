"""Keeps the engine's events as marks, all on one clock."""

from dataclasses import replace

from creditstorm.adapters.clock import RunClock
from creditstorm.engine.events import Event, LoadStarted, Mark, Progress
from creditstorm.record.folder import RunFolder
from creditstorm.record.marks import MarkJournal


class Journal:
    """Writes each event as it happens; those before instant 0 wait for it, because only then is their time known."""

    def __init__(self, folder: RunFolder, clock: RunClock) -> None:
        self._marks = MarkJournal(folder.marks)
        self._clock = clock
        self._early: list[Mark] | None = []

    def take(self, event: Event) -> None:
        """Keep one event; progress is not kept."""
        if isinstance(event, Progress):
            return
        if isinstance(event, LoadStarted):
            self._write_early()
        if self._early is None:
            self._marks.write(event)
        else:
            self._early.append(event)

    def close(self) -> None:
        """Write what still waits, and end the journal."""
        self._write_early()
        self._marks.close()

    def _write_early(self) -> None:
        for event in self._early or ():
            self._marks.write(replace(event, t_s=event.t_s - self._clock.lead_s))
        self._early = None
