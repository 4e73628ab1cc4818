"""What a person sees of a run or a matrix: how far it is while it goes on, and the screen, or JSON, at its end."""

from __future__ import annotations

import importlib
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, Self, TextIO

import typer
from rich.console import Console
from creditstorm.cli.bar import Bar
from creditstorm.engine import events
from creditstorm.language.problems import key_path
from creditstorm.record.manifest import Manifest, Mode

if TYPE_CHECKING:
    from creditstorm.analysis.matrix.comparison import Comparison
    from creditstorm.analysis.summary import Summary
    from creditstorm.exit_code import ExitCode
    from creditstorm.record.folder import RunFolder
    from creditstorm.record.matrix import MatrixFolder
    from creditstorm.runs.execute import RunResult
    from creditstorm.runs.matrix import PlannedCell
    from creditstorm.scenario.model import Scenario
    from creditstorm.scenario.text.loader import Draft


class LiveProgress(Bar):
    """Shows a run while it goes on."""

    def __init__(self, console: Console, scenario: Scenario) -> None:
        counts = "{task.completed:.0f}/{task.total:.0f} s  {task.fields[counts]}"
        super().__init__(console, "{task.description}", counts, what="starting", total=scenario.load.duration_s)
        self._scenario = scenario

    def __enter__(self) -> Self:
        policy = self._scenario.system.policy.name
        self.say(f"{self._scenario.id} · {policy} · seed {self._scenario.seed}")
        return super().__enter__()

    def show(self, event: events.Event) -> None:
        """Show one event."""
        match event:
            case events.LoadStarted():
                self._bar.update(self._task, description="storming")
                self.say(f"  load starts: {event.planned:,} first attempts in {event.ends_s:g} s")
            case events.FaultEffective():
                self.say(f"  {event.t_s:6.1f} s  {event.fault}: {event.kind} on {event.target} is effective")
            case events.FaultCleared():
                self.say(f"  {event.t_s:6.1f} s  {event.fault}: cleared")
            case events.FaultUnverified():
                self.say(f"  {event.t_s:6.1f} s  {event.fault}: NOT verified: {event.reason}")
            case events.FaultMissed() | events.HarnessStalled() | events.ClockJumped():
                self.say(f"  {event.t_s:6.1f} s  {_lost(event)}")
            case events.AlarmRaised() | events.AlarmEnded():
                self.say(_alarm(event))
            case events.StopRequested():
                self.say(f"  {event.reason}: draining and keeping the results; once more to leave at once")
            case events.Progress():
                self._count(event)
            case events.RunEnded():
                self._bar.stop()

    def _count(self, event: events.Progress) -> None:
        counts = f"asked {event.intended:,}  answered {event.answered:,}  wrongful {event.wrongful:,}"
        now_s = min(event.t_s, self._scenario.load.duration_s)
        self._bar.update(self._task, completed=max(0.0, now_s), counts=counts)
        self.say_now_and_then(event.t_s, f"  {event.t_s:6.1f} s  {counts}")


def _alarm(event: events.AlarmRaised | events.AlarmEnded) -> str:
    match event:
        case events.AlarmRaised():
            return f"  {event.raised_s:6.1f} s  {event.monitor}: ALARM"
    return f"  {event.ended_s:6.1f} s  {event.monitor}: the alarm is over"


def _lost(event: events.FaultMissed | events.HarnessStalled | events.ClockJumped) -> str:
    match event:
        case events.FaultMissed():
            return f"{event.fault}: NOT begun: overdue by {event.overdue_s:.1f} s"
        case events.HarnessStalled():
            return f"the harness stood still for {event.seconds:.1f} s"
    return f"the machine was asleep for {event.seconds:.1f} s"


def duration_in_words(seconds: float) -> str:
    """A time as a person would say it beforehand: 45 s, 3 min, 1 h 20 min."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


class MatrixProgress:
    """Says before each run which one it is and how long the rest will take; it learns from the runs it saw."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._begun_s = 0.0
        self._beside_s: list[float] = []
        self._run = ExitStack()
        self._live: LiveProgress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._run.close()

    def begin(self, cell: PlannedCell, to_come: Sequence[PlannedCell], *, done: int) -> None:
        """Say that this cell begins; `to_come` are those still to run, this one included."""
        self._begun_s = self._clock()
        left = duration_in_words(sum(self._about_s(each) for each in to_come))
        line = f"run {done + 1} of {done + len(to_come)}: {cell.name} · about {left} left"
        self._console.print(line, markup=False, soft_wrap=True)
        self._live = self._run.enter_context(LiveProgress(self._console, cell.scenario))

    def take(self, event: events.Event) -> None:
        """Show one event of the run."""
        if self._live is not None:
            self._live.show(event)

    def end(self, cell: PlannedCell, folder: RunFolder, result: RunResult) -> None:
        """The cell is over; say what a person has to know of it."""
        self._run.close()
        self._beside_s.append(max(0.0, self._clock() - self._begun_s - cell.scenario.load.duration_s))
        if words := result.in_words(folder):
            self._console.print(words, markup=False, soft_wrap=True)

    def _about_s(self, cell: PlannedCell) -> float:
        if not self._beside_s:
            return cell.about_s
        return cell.scenario.load.duration_s + sum(self._beside_s) / len(self._beside_s)


def warnings_of(draft: Draft, scenario: Scenario, *, guessed: bool = True) -> list[dict[str, str]]:
    """What this scenario, read from this draft, will not be able to show here: where, key, what and remedy of each.

    What this machine carries is `guessed` by its cores, unless it is measured, or virtual time needs none of it.
    """
    from creditstorm.adapters.cores import cores_allowed
    from creditstorm.runs.beforehand.forewarn import forewarnings

    found = forewarnings(scenario, cores=cores_allowed() if guessed else None)
    return [
        {"where": draft.where(one.path), "key": key_path(one.path), "what": one.what, "remedy": one.remedy or ""}
        for one in found
    ]


def warn(warnings: Sequence[dict[str, str]]) -> None:
    """Say each in a line of its own on standard error."""
    for one in warnings:
        typer.echo(f"{one['where']}: warning: {one['key']}: {one['what']}; {one['remedy']}", err=True)


def warn_of_the_machine(scenario: Scenario) -> tuple[str, ...]:
    """Say on standard error what this machine may not carry of it; a fast load is measured for that. What was said."""
    from creditstorm.runs.ready import doubtful

    lines = tuple(doubtful(scenario))
    for line in lines:
        typer.echo(f"warning: {line}", err=True)
    return lines


@dataclass(frozen=True, slots=True)
class Manner:
    """How the end is shown: `exit_code` is the one that the command gives, which need not be the gate's."""

    exit_code: ExitCode
    as_json: bool = False
    quiet: bool = False


def show(folder: RunFolder, summary: Summary, manner: Manner) -> None:
    """Print the end-of-run screen, or two lines of it, or the summary as JSON, on standard output."""
    if manner.as_json:
        typer.echo(_report("as_json").summary_json(summary, Manifest.read(folder)), nl=False)
    elif manner.quiet:
        note = f" · {summary.verdict_note}" if summary.verdict_note else ""
        judged = f" · thresholds of {summary.rules_of}" if summary.rules_of else ""
        typer.echo(f"{summary.verdict.upper()}  {summary.headline}{note}{judged}\n{_page_of(folder)}")
    else:
        shown = replace(summary, exit_code=manner.exit_code)
        _report("console").print_summary(
            console_on(sys.stdout), shown, page=_page_of(folder), checked=_checked(folder, summary)
        )


def _page_of(folder: RunFolder) -> str:
    """Where the page is, or how to come by it."""
    return (
        str(folder.report)
        if folder.report.is_file()
        else f"creditstorm report {shlex.quote(str(folder.root))} draws the report"
    )


def show_matrix(folder: MatrixFolder, comparison: Comparison, manner: Manner) -> None:
    """Print the screen of a matrix, or two lines of it, or the comparison as JSON, on standard output."""
    if manner.as_json:
        typer.echo(_report("as_json").comparison_json(comparison), nl=False)
    elif manner.quiet:
        verdicts = (f"{figures.policy} {figures.verdict}" for figures in comparison.policies)
        typer.echo(f"exit {manner.exit_code}  {' · '.join(verdicts) or 'no run was measured'}\n{folder.page}")
    else:
        exit_code = manner.exit_code
        _report("matrix.table").print_comparison(
            console_on(sys.stdout), comparison, exit_code=exit_code, page=folder.page
        )


def _checked(folder: RunFolder, summary: Summary) -> str:
    """How a simulated run was checked against live ones; a live run needs none."""
    if summary.mode is Mode.LIVE:
        return ""
    from creditstorm.scenario.text.loader import recorded

    text: str = _report("checked").sentence(summary, recorded(folder.scenario))
    return text


def _report(module: str) -> ModuleType:
    """Imported late: it loads libraries that `run` makes ready beside the load, and that no other verb needs."""
    return importlib.import_module(f"creditstorm.report.{module}")


def console_on(stream: TextIO, *, quiet: bool = False) -> Console:
    """A console that moves the cursor and colours on a terminal only, whatever the environment says."""
    return Console(file=stream, highlight=False, quiet=quiet, force_terminal=stream.isatty())
