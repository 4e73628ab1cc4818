"""The end of a verb as a pipeline reads it: JUnit, annotations, the summary of a job, the exit code."""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

import typer
from creditstorm.cli.options import OnInconclusive
from creditstorm.errors import UsageError
from creditstorm.exit_code import ExitCode
from creditstorm.record.files import must_be_ours, replace_bytes
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest
from creditstorm.scenario.text.loader import Draft
from creditstorm.scenario.text.overrides import Given

if TYPE_CHECKING:
    from creditstorm.analysis.summary import Summary
    from creditstorm.report.judgement import Judgement

IN_ACTIONS: Final = "GITHUB_ACTIONS"
STEP_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
CHECKOUT: Final = "GITHUB_WORKSPACE"
XML: Final = (b"<?xml", b"<testsuite")
SETTLED: Final = {OnInconclusive.FAIL: ExitCode.FAIL, OnInconclusive.PASS: ExitCode.PASS}


def exit_code_of(code: int, wanted: OnInconclusive | None) -> ExitCode:
    """The exit code, where `wanted` says what an inconclusive one is to be; no other is ever changed."""
    return SETTLED[wanted] if code == ExitCode.INCONCLUSIVE and wanted is not None else ExitCode(code)


def say_settled(code: int, wanted: OnInconclusive | None, *, as_json: bool) -> None:
    """The last line of a verb whose inconclusive end was settled by its option; a JSON document stays one."""
    if code == ExitCode.INCONCLUSIVE and wanted is not None:
        line = f"inconclusive, not a {wanted}: exit {int(SETTLED[wanted])} because of --on-inconclusive {wanted}"
        typer.echo(line, err=as_json)


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked: the scenario as it was read, what changed it, and the words of a command that asks for it."""

    draft: Draft
    given: tuple[str | Given, ...]
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where the end of a run is told besides the screen."""

    junit: Path | None = None

    def open(self, scenario_id: str) -> None:
        """Put an error where the result will stand, so that no run that dies leaves an older result to be read.

        Raises UsageError where it cannot be written, or would take the place of something else.
        """
        if self.junit is not None:
            with _told(self.junit):
                must_be_ours(self.junit, *XML)
        self._write("unfinished", scenario_id)

    def broken(self, scenario_id: str, why: str) -> None:
        """The run ended without a summary."""
        self._write("unfinished", scenario_id, why or "nobody was asked")
        if os.environ.get(IN_ACTIONS):
            typer.echo(_report("github").command("error", why or "nobody was asked", title=scenario_id), err=True)

    def tell(self, folder: RunFolder, summary: "Summary", order: Order) -> "Judgement":
        """Write what was wanted of this run and what its surroundings ask for."""
        words = _report("judgement")
        thresholds, places = order.draft.scenario(order.given).thresholds, order.draft.threshold_places(order.given)
        asked = words.Asked(thresholds, places, order.command)
        judgement: Judgement = words.Judgement(summary, Manifest.read(folder), asked)
        self._write("junit_xml", judgement)
        if os.environ.get(IN_ACTIONS):
            # On standard error, which GitHub reads too: standard output may be a JSON document.
            for line in _report("github").annotations(judgement, os.environ.get(CHECKOUT)):
                typer.echo(line, err=True)
        _append_summary(folder)
        return judgement

    def _write(self, document: str, *parts: object) -> None:
        if self.junit is None:
            return
        with _told(self.junit):
            self.junit.parent.mkdir(parents=True, exist_ok=True)
            replace_bytes(self.junit, getattr(_report("junit"), document)(*parts))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Inside, an error at this path names the option."""
    try:
        yield
    except UsageError as problem:
        raise UsageError(f"--junit {problem}") from problem
    except OSError as problem:
        raise UsageError(f"--junit {path}: cannot be written ({problem.strerror}); name another file") from problem


def _append_summary(folder: RunFolder) -> None:
    path = os.environ.get(STEP_SUMMARY)
    if not path:
        return
    try:
        taken = Path(path).stat().st_size if Path(path).exists() else 0
        text = _report("github").job_summary(folder.summary_text.read_text(encoding="utf-8"), taken)
        # A pipe that nobody reads from is an error, and not waited for.
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK, 0o666), "wb") as file:  # noqa: PTH123
            file.write(text.encode())
    except OSError as problem:
        # The verdict does not hang on it.
        typer.echo(f"{STEP_SUMMARY}: cannot be written ({problem.strerror})", err=True)


def say_what_would_settle(judgement: "Judgement") -> None:
    """The command that brings enough people, on one line so that it can be copied."""
    if judgement.settle:
        typer.echo(f"  {judgement.settle}")


def _report(module: str) -> ModuleType:
    """Imported late, like everything that only the end of a run needs."""
    return importlib.import_module(f"creditstorm.report.{module}")
