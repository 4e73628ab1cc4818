"""Live progress: one bar on a terminal, one line every few seconds elsewhere; marks are printed as they happen."""

from __future__ import annotations

from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from creditstorm.engine import events as told
from creditstorm.scenario.model import Scenario

LINE_EVERY_S: Final = 10.0


class LiveProgress:
    """Shows a run while it goes on."""

    def __init__(self, console: Console, scenario: Scenario) -> None:
        self._console = console
        self._scenario = scenario
        self._next_line_s = 0.0
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.completed:.0f}/{task.total:.0f} s  {task.fields[counts]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID = self._bar.add_task("starting", total=scenario.load.duration_s, counts="")

    def __enter__(self) -> Self:
        policy = self._scenario.system.policy.name
        self._say(f"{self._scenario.id} · {policy} · seed {self._scenario.seed}")
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, event: told.Event) -> None:
        """Show one event."""
        match event:
            case told.LoadStarted():
                self._bar.update(self._task, description="storming")
                self._say(f"  load starts: {event.planned:,} first attempts in {event.ends_s:g} s")
            case told.FaultEffective():
                self._say(f"  {event.t_s:6.1f} s  {event.fault}: {event.kind} on {event.target} is effective")
            case told.FaultCleared():
                self._say(f"  {event.t_s:6.1f} s  {event.fault}: cleared")
            case told.FaultUnverified():
                self._say(f"  {event.t_s:6.1f} s  {event.fault}: NOT verified: {event.reason}")
            case told.StopRequested():
                self._say(f"  {event.reason}: draining and keeping the results; once more to leave at once")
            case told.Progress():
                self._count(event)

    def _count(self, event: told.Progress) -> None:
        counts = f"asked {event.intended:,}  answered {event.answered:,}  wrongful {event.wrongful:,}"
        now_s = min(event.t_s, self._scenario.load.duration_s)
        self._bar.update(self._task, completed=max(0.0, now_s), counts=counts)
        if not self._console.is_terminal and event.t_s >= self._next_line_s:
            self._next_line_s = event.t_s + LINE_EVERY_S
            self._say(f"  {event.t_s:6.1f} s  {counts}")

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, soft_wrap=True)
