"""One run, from a scenario and an empty folder to its verdict; whoever listens is told every event as it happens."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import Protocol

from creditstorm.adapters.inbox import broken_threads_told, stop_on_signals
from creditstorm.adapters.processes.child import last_words
from creditstorm.adapters.provenance import provenance
from creditstorm.adapters.store_access import require_store_access
from creditstorm.adapters.watchdog import require_room
from creditstorm.analysis.summary import Summary
from creditstorm.engine.events import ChildDied, Event, LoadStarted, Mark, PartFailed, Progress, RunEnded, StopRequested
from creditstorm.engine.plan import make_plan
from creditstorm.engine.ports import RunPorts
from creditstorm.engine.run import run
from creditstorm.errors import CreditstormError, HarnessError
from creditstorm.exit_code import ExitCode
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import ClockAnchor, Ended, Ending, Manifest, Mode, scenario_digest
from creditstorm.record.marks import MarkJournal
from creditstorm.record.seal import seal
from creditstorm.runs.warm_up import WarmUp
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.dump import dump
from creditstorm.unforeseen import unforeseen


class Anchored(Protocol):
    """The clock of a run, for those who write down what it showed."""

    @property
    def lead_s(self) -> float:
        """How long after its creation instant 0 was."""

    def now_s(self) -> float:
        """The present instant."""

    def anchor(self) -> ClockAnchor:
        """Instant 0 on both clocks."""


class Posting(Protocol):
    """Where a signal is handed to the engine."""

    def post(self, event: Event) -> None:
        """Hand it over."""


class AssembledRun(Protocol):
    """The engine's ports, and what stands behind them, live or simulated."""

    @property
    def ports(self) -> RunPorts:
        """All ports of the run."""

    @property
    def inbox(self) -> Posting:
        """The engine's inbox."""

    @property
    def clock(self) -> Anchored:
        """The clock of the run."""

    @property
    def dead_workers(self) -> tuple[int, ...]:
        """Load workers that never said they were done."""

    @property
    def versions(self) -> dict[str, str]:
        """Versions that only the run itself could tell."""


class Journal:
    """Writes each event as it happens; those before instant 0 wait for it, because only then is their time known."""

    def __init__(self, folder: RunFolder, clock: Anchored) -> None:
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


HARNESS = "harness"
"""Whose log the traceback of what nobody foresaw is in."""
EventConsumer = Callable[[Event], object]
"""Told every event of a run in its order; it must not raise."""
EXIT_OF_END = {Ending.INTERRUPTED: ExitCode.INTERRUPTED, Ending.FAILED: ExitCode.HARNESS}


@dataclass(frozen=True, slots=True)
class RunResult:
    """How one run went: `summary` is None where its load never began, `message` is what a person has to know."""

    how: Ending
    exit_code: int
    summary: Summary | None
    message: str

    def in_words(self, folder: RunFolder) -> str:
        """The message, and where the record is; empty where there is nothing to say."""
        return f"{self.message}\nwhat was recorded is kept in {folder.root}" if self.message else ""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A scenario, the empty folder to run it in, and what the manifest says of how it was asked for.

    A store on another machine is used only where its host is one of `allow_hosts`. Without `pages` the verdict and the
    texts are there and no figure: `creditstorm report` draws them from the record.
    """

    scenario: Scenario
    folder: RunFolder
    overrides: tuple[str, ...] = ()
    processes: int = 1
    pages: bool = True
    mode: Mode = Mode.LIVE
    allow_hosts: tuple[str, ...] = ()


def execute(request: RunRequest, consumer: EventConsumer, warm_up: WarmUp | None = None) -> RunResult:
    """Carry out the run and write everything a run folder holds; call it in the main thread.

    A `warm_up` that outlives the run is ready for the next one, too. Before anything is written, UsageError or
    HarnessError says why the store of the scenario may not be used.
    """
    if warm_up is None:
        with WarmUp() as own:
            return execute(request, consumer, own)
    if request.mode is Mode.LIVE:
        require_store_access(request.scenario.system.store, request.allow_hosts)
    require_room(request.folder.root)
    manifest = _opened(request)
    observer = RunObserver(partial(warm_up.prepare, request.folder.log("figure-worker"), pages=request.pages))
    assembled = _assembled(request)
    _follow(request, assembled, observer, consumer)
    with _finished_later(request.folder, observer):
        _final(manifest, observer, assembled).write(request.folder)
        return _concluded(request, observer, warm_up)


@contextmanager
def _finished_later(folder: RunFolder, observer: "RunObserver") -> Iterator[None]:
    """What breaks off sealing or reporting loses no row; it is told after what ended the run, and with what to do."""
    try:
        yield
    except CreditstormError as error:
        raise _in_short(folder, observer, error) from error
    except (OSError, ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
        raise _in_short(folder, observer, unforeseen(error, folder.log(HARNESS))) from error


def _in_short(folder: RunFolder, observer: "RunObserver", error: CreditstormError) -> HarnessError:
    remedy = f"what was recorded is kept; `creditstorm report {folder.root}` finishes the report"
    if not folder.root.is_dir():
        remedy = f"{folder.root} was removed during the run, with all that was recorded"
    return HarnessError("\n".join(filter(None, (observer.message, str(error), remedy))))


def _assembled(request: RunRequest) -> AssembledRun:
    """The ports; each way to run loads what it needs, and nothing of the other."""
    if request.mode is Mode.SIMULATED:
        from creditstorm.runs.simulate import assembled  # noqa: PLC0415

        return assembled(request.scenario, request.folder)
    from creditstorm.adapters.system import build  # noqa: PLC0415

    return build(request.scenario, request.folder, request.processes)


@dataclass
class RunObserver:
    """What the events have told so far; `prepare` is called once the load has started."""

    prepare: Callable[[], None]
    how: Ending = Ending.FAILED
    planned: int | None = None
    message: str = ""
    reason: str = ""

    def unseen(self, warm_up: WarmUp) -> None:
        """Tell of a second process that had to be done without."""
        worker = warm_up.figure_worker()
        if worker is not None and worker.failure is not None:
            told = f"{worker.failure}: all figures were drawn without it"
            self.message = f"{self.message}\n{told}" if self.message else told

    def take(self, event: Event) -> None:
        """Learn from one event."""
        match event:
            case LoadStarted():
                self.planned = event.planned
                self.prepare()
            case StopRequested():
                self.reason = event.reason
                if self.planned is None:
                    self.message = f"{event.reason} while everything started: nobody was asked"
            case ChildDied():
                self.reason = f"{event.child} ended (exit code {event.exit_code})"
                code, words = event.exit_code, last_words(event.last_lines)
                self.message = f"{event.child} died during the run (exit code {code}){words}"
            case PartFailed():
                self.reason = f"{event.part} {event.state}"
                self.message = f"the run was ended, because {self.reason}{last_words(event.last_lines)}"
            case RunEnded():
                self.how = event.how


def _follow(request: RunRequest, assembled: AssembledRun, observer: RunObserver, consumer: EventConsumer) -> None:
    """Consume the engine's events; what was measured is in the folder however the run ends."""
    plan = make_plan(request.scenario.faults, ends_s=request.scenario.load.duration_s)
    with (
        _BrokenOff(observer, request.folder),
        broken_threads_told(assembled.inbox.post, assembled.clock.now_s, request.folder.log(HARNESS)),
        stop_on_signals(assembled.inbox.post, assembled.clock.now_s),
        closing(Journal(request.folder, assembled.clock)) as journal,
        closing(run(plan, assembled.ports)) as events,
    ):
        for event in events:
            observer.take(event)
            consumer(event)
            journal.take(event)


@dataclass(frozen=True, slots=True)
class _BrokenOff:
    """Whatever breaks off a run is told by its observer: what was measured until then is still sealed and shown."""

    observer: RunObserver
    folder: RunFolder

    def __enter__(self) -> None:
        """Nothing yet."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Whether it is told, and need not be raised."""
        observer = self.observer
        if isinstance(error, KeyboardInterrupt):
            observer.how, observer.reason = Ending.INTERRUPTED, "second interrupt"
        elif isinstance(error, Exception):
            known = error if isinstance(error, HarnessError) else unforeseen(error, self.folder.log(HARNESS))
            observer.how, observer.message, observer.reason = Ending.FAILED, str(known), str(known)
        return isinstance(error, KeyboardInterrupt | Exception)


def _opened(request: RunRequest) -> Manifest:
    scenario, folder = request.scenario, request.folder
    folder.scenario.write_text(dump(scenario), encoding="utf-8")
    here = provenance()
    manifest = Manifest(
        run_id=folder.root.name,
        scenario_id=scenario.id,
        policy=scenario.system.policy.name,
        seed=scenario.seed,
        created=here.created,
        versions=here.versions,
        git=here.git,
        host=here.host,
        clock=here.clock,
        processes=request.processes,
        planned=0,
        duration_s=scenario.load.duration_s,
        ended=Ended(Ending.RUNNING),
        overrides=request.overrides,
        mode=request.mode,
        scenario_sha256=scenario_digest(folder),
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
