"""One run, from a scenario and an empty folder to its verdict; whoever listens is told every event as it happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from types import TracebackType

from creditstorm.adapters.simulated.costs import Costs
from creditstorm.analysis.summary import Summary
from creditstorm.engine.events import Event
from creditstorm.errors import CreditstormError, HarnessError
from creditstorm.exit_code import ExitCode
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.manifest import Ended, Ending, Manifest, Mode, scenario_digest
from creditstorm.record.seal import seal
from creditstorm.runs.alarms import Alarms
from creditstorm.runs.begun import manifest_of
from creditstorm.runs.follow import HARNESS, AssembledRun, EventConsumer, RunObserver, follow
from creditstorm.runs.ready import doubtful, require_ready, require_room
from creditstorm.runs.warm_up import WarmUp
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.dump import dump
from creditstorm.unforeseen import is_failure, unforeseen

EXIT_OF_END = {
    Ending.INTERRUPTED: ExitCode.INTERRUPTED,
    Ending.STOPPED: ExitCode.STOPPED,
    Ending.FAILED: ExitCode.HARNESS,
}


@dataclass(frozen=True, slots=True)
class RunResult:
    """How one run went: `summary` is None where its load never began, `message` is what a person has to know.

    `warnings` are what this machine may not carry of the scenario, as it looked before anything started.
    """

    how: Ending
    exit_code: int
    summary: Summary | None
    message: str
    warnings: tuple[str, ...] = ()

    def in_words(self, folder: RunFolder) -> str:
        """The message, and where the record is; empty where there is nothing to say."""
        return f"{self.message}\nwhat was recorded is kept in {folder.root}" if self.message else ""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A scenario, the empty folder to run it in, and what the manifest says of how it was asked for.

    A store on another machine is used only where its host is one of `allow_hosts`. Without `pages` the verdict and the
    texts are there and no figure: `creditstorm report` draws them from the record. Who has asked already what this
    machine may not carry (`runs.ready.doubtful`) gives it as `warnings`; where that is None, `execute` asks.
    """

    scenario: Scenario
    folder: RunFolder
    overrides: tuple[str, ...] = ()
    processes: int = 1
    pages: bool = True
    mode: Mode = Mode.LIVE
    allow_hosts: tuple[str, ...] = ()
    warnings: tuple[str, ...] | None = None
    costs: Costs | None = None
    """What a simulated run takes a hop and a call to be; its own where nobody says."""
    abort_on: tuple[str, ...] = ()
    """Monitors of the scenario whose first alarm ends the run, with exit code 5."""
    metrics: int | None = None
    """The port of loopback at which Prometheus may ask for the numbers of a live run while it goes on."""


def execute(request: RunRequest, consumer: EventConsumer, warm_up: WarmUp | None = None) -> RunResult:
    """Carry out the run and write everything a run folder holds; call it in the main thread.

    A `warm_up` that outlives the run is ready for the next one, too. Before anything is written, UsageError or
    HarnessError says what cannot work on this machine, by the very checks of `creditstorm run`.
    """
    if warm_up is None:
        with WarmUp() as own:
            return execute(request, consumer, own)
    warnings = _looked_over(request)
    with _told_too(request, consumer) as everybody:
        manifest = _opened(request)
        observer = RunObserver(partial(warm_up.prepare, request.folder.log("figure-worker"), pages=request.pages))
        assembled = _assembled(request)
        ready = (lambda: True) if request.mode is Mode.SIMULATED else warm_up.ready
        alarms = Alarms(request.scenario, request.folder, ready, request.abort_on)
        follow(request.scenario, request.folder, assembled, observer, everybody, alarms=alarms)
    with _FinishedLater(request.folder, observer):
        _final(manifest, observer, assembled).write(request.folder)
        return replace(_concluded(request, observer, warm_up), warnings=warnings)


def _looked_over(request: RunRequest) -> tuple[str, ...]:
    """What this machine may not carry; it raises for what it cannot."""
    if request.mode is Mode.SIMULATED:
        require_room(request.scenario, request.folder.root)
        return ()
    require_ready(request.scenario, request.folder.root, request.allow_hosts, request.metrics)
    return tuple(doubtful(request.scenario)) if request.warnings is None else request.warnings


@contextmanager
def _told_too(request: RunRequest, consumer: EventConsumer) -> Iterator[EventConsumer]:
    """The consumer, and before it, where a port is named, who tells Prometheus until the load is over."""
    if request.metrics is None:
        yield consumer
        return
    from creditstorm.adapters.exporting.metrics_port import served  # noqa: PLC0415 - only where it is asked for
    from creditstorm.adapters.exporting.storm_collector import StormCollector  # noqa: PLC0415

    scenario, run = request.scenario, request.folder.root.name
    about = {"run": run, "scenario": scenario.id, "policy": scenario.system.policy.name, "seed": str(scenario.seed)}
    collector = StormCollector(LiveFolder(request.folder.live), {**about, "version": version("creditstorm")})

    def everybody(event: Event) -> None:
        collector.take(event)
        consumer(event)

    with served(request.metrics, collector):
        yield everybody


@dataclass(frozen=True, slots=True)
class _FinishedLater:
    """What breaks off sealing or reporting loses no row; it is told after what ended the run, and with what to do."""

    folder: RunFolder
    observer: RunObserver

    def __enter__(self) -> None:
        """Nothing yet."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Tell it; an end that was asked for is left to whoever asked."""
        if error is not None and is_failure(error):
            known = error if isinstance(error, CreditstormError) else unforeseen(error, self.folder.log(HARNESS))
            raise _in_short(self.folder, self.observer, known) from error


def _in_short(folder: RunFolder, observer: RunObserver, error: CreditstormError) -> HarnessError:
    told, remedy = str(error), f"what was recorded is kept; `creditstorm report {folder.root}` finishes the report"
    if not folder.root.is_dir():
        told = ""  # that no file can be made there follows from it
        remedy = f"{folder.root} is there no more: it was removed or renamed during the run, and the record with it"
    elif observer.explains(error.__cause__):
        told = ""  # the same trouble again
    return HarnessError("\n".join(filter(None, (observer.message, told, remedy))))


def _assembled(request: RunRequest) -> AssembledRun:
    """The ports; each way to run loads what it needs, and nothing of the other."""
    if request.mode is Mode.SIMULATED:
        from creditstorm.runs.simulate import assembled  # noqa: PLC0415

        return assembled(request.scenario, request.folder, request.costs)
    from creditstorm.adapters.system import build  # noqa: PLC0415

    return build(request.scenario, request.folder, request.processes)


def _opened(request: RunRequest) -> Manifest:
    scenario, folder = request.scenario, request.folder
    folder.scenario.write_text(dump(scenario), encoding="utf-8")
    manifest = replace(
        manifest_of(scenario, folder.root.name, request.mode),
        processes=request.processes,
        overrides=request.overrides,
        scenario_sha256=scenario_digest(folder),
        costs=asdict(request.costs or Costs()) if request.mode is Mode.SIMULATED else None,
    )
    manifest.write(folder)
    folder.claim.unlink(missing_ok=True)
    return manifest


def _final(manifest: Manifest, observer: RunObserver, assembled: AssembledRun) -> Manifest:
    started = observer.planned is not None
    dead = assembled.dead_workers if started and observer.how is Ending.COMPLETED else ()
    return replace(
        manifest,
        ended=Ended(observer.how, observer.reason),
        planned=observer.planned or 0,
        dead_workers=dead,
        clock=assembled.clock.anchor() if started else manifest.clock,
        versions={**manifest.versions, **assembled.versions},
    )


def _concluded(request: RunRequest, observer: RunObserver, warm_up: WarmUp) -> RunResult:
    exit_code: int | None = EXIT_OF_END.get(observer.how)
    summary: Summary | None = None
    if observer.planned is not None:
        seal(request.folder)
        drawn = {"figure_worker": warm_up.figure_worker(), "pages": request.pages}
        summary = warm_up.conclusion().conclude(request.folder, **drawn)
        observer.unseen(warm_up)
        exit_code = exit_code or summary.exit_code
    return RunResult(observer.how, ExitCode.HARNESS if exit_code is None else exit_code, summary, observer.message)
