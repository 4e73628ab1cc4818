"""The load's end, as the harness hears it; the child is none, its files are real."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.processes.locust import STOP_WITHIN_S, LocustLoad
from creditstorm.adapters.processes.sampler import Sampler
from creditstorm.adapters.watchdog import Watchdog
from creditstorm.engine.events import Event, LoadFinished, PartFailed
from creditstorm.messages import WorkerDone
from creditstorm.record.files import replace_json
from creditstorm.record.folder import LiveFolder, RunFolder


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("stopped", [(False, False), (False, True), (True, True)])
def test_a_load_that_ends_before_its_time_is_a_failure_unless_it_was_asked_to(
    tmp_path: Path, stopped: tuple[bool, bool], asked: bool
) -> None:
    """One worker that was stopped is enough; a load that lived its plan, or was told to drain, is over and no more."""
    folder, clock, posted = RunFolder(tmp_path), RunClock(), list[Event]()
    clock.start(0.0)
    watchdog = Watchdog(clock.now_s, posted.append)
    load = LocustLoad(str, {}, folder, 2, clock, Sampler(folder, clock, "/"), posted.append, watchdog)
    child = SimpleNamespace(poll=lambda: None, terminate=lambda: None)
    load._child = cast("Any", SimpleNamespace(process=child))
    files = LiveFolder(folder.live)
    files.make()
    for worker, early in enumerate(stopped):
        replace_json(files.done(worker), WorkerDone(4, 2, None, early).as_json())
    if asked:
        load.drain()
    load._watch()
    failed = [event.state for event in posted if isinstance(event, PartFailed)]
    assert failed == (["ended the load before its time"] if any(stopped) and not asked else [])
    assert isinstance(posted[-1], LoadFinished)


def test_a_load_that_is_ended_is_not_waited_for(tmp_path: Path) -> None:
    """Its people may wait for a part that has failed; their rows are written twice a second."""
    folder, clock, waited = RunFolder(tmp_path), RunClock(), list[float]()
    load = LocustLoad(str, {}, folder, 1, clock, Sampler(folder, clock, "/"), print, Watchdog(clock.now_s, print))
    load._child = cast("Any", SimpleNamespace(stop=lambda *, patience_s=3.0: waited.append(patience_s)))
    load.stop()
    assert waited == [STOP_WITHIN_S]
