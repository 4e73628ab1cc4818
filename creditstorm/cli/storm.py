"""Consumes the engine's events: keeps the journal, shows the progress, remembers how the run ended."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial

from rich.console import Console

from creditstorm.adapters.signals import stop_on_signals
from creditstorm.adapters.world import Assembled, build
from creditstorm.cli.journal import Journal
from creditstorm.cli.late import Backstage
from creditstorm.cli.progress import LiveProgress
from creditstorm.engine.events import ChildDied, Event, LoadStarted, RunEnded, StopRequested
from creditstorm.engine.plan import make_plan
from creditstorm.engine.run import run
from creditstorm.errors import HarnessError
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ended, Manifest
from creditstorm.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Storm:
    """What came of a run: `started` is whether the load began, `message` what a person has to know."""

    started: bool
    message: str
    manifest: Manifest


@dataclass
class _Story:
    """What the events have told so far."""

    prepare: Callable[[], None]
    how: str = "failed"
    planned: int | None = None
    message: str = ""
    reason: str = ""
    child: ChildDied | None = field(default=None)

    def take(self, event: Event) -> None:
        """Learn from one event."""
        match event:
            case LoadStarted():
                self.planned = event.planned
                self.prepare()
            case StopRequested():
                self.reason = event.reason
            case ChildDied():
                self.reason = f"{event.child} ended (exit code {event.exit_code})"
                log = "\n  ".join(event.last_lines) or "(it logged nothing)"
                self.message = (
                    f"{event.child} died during the run (exit code {event.exit_code}); its last words:\n  {log}"
                )
            case RunEnded():
                self.how = event.how


def storm(
    scenario: Scenario, folder: RunFolder, manifest: Manifest, *, console: Console, backstage: Backstage
) -> Storm:
    """Carry out the scenario; what was measured is in the folder however it ends."""
    assembled = build(scenario, folder, manifest.processes)
    plan = make_plan(scenario.faults, ends_s=scenario.load.duration_s)
    story = _Story(partial(backstage.prepare, folder.logs))
    with (
        stop_on_signals(assembled.inbox.post, assembled.clock.now_s),
        closing(Journal(folder, assembled.clock)) as journal,
        LiveProgress(console, scenario) as progress,
        closing(run(plan, assembled.world)) as events,
    ):
        try:
            for event in events:
                story.take(event)
                progress.show(event)
                journal.take(event)
        except HarnessError as error:
            story.message = story.reason = str(error)
        except KeyboardInterrupt:
            story.how, story.reason = "interrupted", "second interrupt"
    return Storm(story.planned is not None, story.message, _final(manifest, story, assembled))


def _final(manifest: Manifest, story: _Story, assembled: Assembled) -> Manifest:
    started = story.planned is not None
    dead = assembled.load.dead_workers if started and story.how == "completed" else ()
    return replace(
        manifest,
        ended=Ended(story.how, story.reason),
        planned=story.planned or 0,
        dead_workers=dead,
        clock=assembled.clock.anchor() if started else manifest.clock,
        versions={**manifest.versions, "toxiproxy": assembled.system.toxiproxy_version},
    )
