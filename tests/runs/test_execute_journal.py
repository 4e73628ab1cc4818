"""The journal puts every event on the clock of the load."""

from __future__ import annotations

from pathlib import Path

from creditstorm.adapters.clock import RunClock
from creditstorm.engine.events import LoadFinished, LoadStarted, Progress, ServiceReady
from creditstorm.record.folder import RunFolder
from creditstorm.record.mark_journal import read_marks
from creditstorm.runs.follow import Journal


def ready(t_s: float) -> ServiceReady:
    return ServiceReady(t_s=t_s, service="bureau", pid=1, port=2)


def test_what_happened_before_the_load_has_a_negative_instant(tmp_path: Path) -> None:
    """A service that was ready half a second before instant 0 is at -0.5 s; progress is not kept."""
    clock = RunClock()
    journal = Journal(RunFolder(tmp_path), clock)
    created = clock.at_s(0.0)
    journal.take(ready(1.5))
    clock.start(2.0 - created)
    journal.take(LoadStarted(t_s=0.0, planned=1, ends_s=9.0))
    journal.take(Progress(t_s=1.0, intended=1, answered=1, wrongful=0, in_flight=0, kept_s=0.0))
    journal.take(LoadFinished(t_s=9.0))
    journal.close()
    marks = [(mark.name, mark.t_s) for mark in read_marks(RunFolder(tmp_path))]
    assert marks == [("service_ready", -0.5), ("load_started", 0.0), ("load_finished", 9.0)]


def test_a_run_that_never_starts_keeps_its_events(tmp_path: Path) -> None:
    """Closing writes what waited for an instant 0 that never came."""
    journal = Journal(RunFolder(tmp_path), RunClock())
    journal.take(ready(1.5))
    journal.close()
    assert [mark.name for mark in read_marks(RunFolder(tmp_path))] == ["service_ready"]
