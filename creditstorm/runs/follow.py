"""A run while it goes on: its events are written down, told to whoever listens, and say at last how it ended."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Final, Protocol

from creditstorm.adapters.disk import DISK
from creditstorm.adapters.inbox import broken_threads_told, stop_on_signals
from creditstorm.adapters.processes.child import last_words
from creditstorm.adapters.processes.killed import Kills
from creditstorm.engine.events import ChildDied, Event, LoadStarted, Mark, PartFailed, Progress, RunEnded, StopRequested
from creditstorm.engine.plan import make_plan
from creditstorm.engine.ports import RunPorts
from creditstorm.engine.run import run
from creditstorm.errors import HarnessError
from creditstorm.interrupts import WHY
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import ClockAnchor, Ending
from creditstorm.record.mark_journal import MarkJournal
from creditstorm.runs.alarms import Alarms
from creditstorm.runs.warm_up import WarmUp
from creditstorm.scenario.model import Scenario
from creditstorm.unforeseen import is_failure, unforeseen

HARNESS: Final = "harness"
"""Whose log the traceback of what nobody foresaw is in."""
EventConsumer = Callable[[Event], object]
"""Told every event of a run in its order; it must not raise."""


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


@dataclass
class RunObserver:
    """What the events have told so far; `prepare` is called once the load has started."""

    prepare: Callable[[], None]
    how: Ending = Ending.FAILED
    planned: int | None = None
    message: str = ""
    reason: str = ""
    of_the_disk: bool = False
    """Whether it ended because the disk took no more: what then cannot be written is no second trouble."""
    kills: Kills = field(default_factory=Kills)
    _failed: bool = False

    def explains(self, error: BaseException | None) -> bool:
        """Whether what ended the run is why this call of the system failed, too."""
        if not isinstance(error, OSError):
            return False
        return self.of_the_disk or bool(error.strerror and error.strerror in self.message)

    def unseen(self, warm_up: WarmUp) -> None:
        """Tell of a second process that had to be done without."""
        if (failure := warm_up.failure()) is not None:
            told = f"{failure}: all figures were drawn without it"
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
                elif event.monitor is not None:
                    self.message = f"the run was ended, because {event.reason}"
                elif event.reason in WHY:
                    self.message = f"the run was interrupted by {event.reason}: {WHY[event.reason]}"
            case ChildDied():
                how = self.kills.how_it_ended(event.exit_code)
                self.reason = f"{event.child} ended ({how})"
                self.message = f"{event.child} died during the run ({how}){last_words(event.last_lines)}"
                self._failed = True
            case PartFailed() if not self._failed:
                # What fails after the first follows from it; only how a child died says more than that it is gone.
                self._failed = True
                self.reason = f"{event.part} {event.state}"
                # Its state says what is wrong, and a disk or somebody else's store has no log that we could read.
                words = last_words(event.last_lines) if event.last_lines else ""
                self.message = f"the run was ended, because {self.reason}{words}"
                self.of_the_disk = event.part == DISK
            case RunEnded():
                self.how = event.how


def follow(  # noqa: PLR0913 - what runs, where, and who listens
    scenario: Scenario,
    folder: RunFolder,
    assembled: AssembledRun,
    observer: RunObserver,
    consumer: EventConsumer,
    *,
    alarms: Alarms,
) -> None:
    """Consume the engine's events, and what the monitors say; what was measured is in the folder however it ends."""
    plan = make_plan(scenario.faults, ends_s=scenario.load.duration_s)
    with (
        _BrokenOff(observer, folder),
        broken_threads_told(assembled.inbox.post, assembled.clock.now_s, folder.log(HARNESS)),
        stop_on_signals(assembled.inbox.post, assembled.clock.now_s),
        closing(Journal(folder, assembled.clock)) as journal,
        closing(run(plan, assembled.ports)) as events,
    ):
        for event in events:
            for each in (event, *alarms.take(event, assembled.inbox.post)):
                observer.take(each)
                consumer(each)
                journal.take(each)


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
        elif is_failure(error):
            known = error if isinstance(error, HarnessError) else unforeseen(error, self.folder.log(HARNESS))
            observer.how, observer.message, observer.reason = Ending.FAILED, str(known), str(known)
        return isinstance(error, KeyboardInterrupt) or is_failure(error)
