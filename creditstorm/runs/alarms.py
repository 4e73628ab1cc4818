"""What the monitors of a run say while it goes on, from the rows that its load has kept so far."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from creditstorm.adapters.inbox import hear_sigint
from creditstorm.engine import events
from creditstorm.engine.events import AlarmEnded, AlarmRaised, Progress, StopRequested
from creditstorm.generator.recorder import ALL_KEPT_S
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.stream import StreamTails
from creditstorm.scenario.model import Scenario

if TYPE_CHECKING:
    from creditstorm.analysis.monitors.live import LiveRace


@dataclass
class Alarms:
    """Listens to the events of a run, and says what its monitors notice; of `abort_on` one alarm ends the run.

    Nothing is looked at before `ready` says that the libraries are there; what came until then is caught up with.
    """

    scenario: Scenario
    folder: RunFolder
    ready: Callable[[], bool]
    abort_on: tuple[str, ...] = ()
    _watched: Sequence[str] = field(init=False)
    _race: "LiveRace | None" = None
    _columns: tuple[str, ...] = ()
    _answers: Sequence[Path] = ()
    _tails: StreamTails = field(default_factory=StreamTails)
    _first_fault_s: float = math.inf
    _seen: int = 0
    _stopping: bool = False

    def __post_init__(self) -> None:
        self._watched = self.scenario.watched

    def take(self, event: events.Event, post: Callable[[StopRequested], None]) -> Iterator[AlarmRaised | AlarmEnded]:
        """What the monitors say after this event; a request to stop is posted."""
        if isinstance(event, events.FaultApplied | events.FaultUnverified):
            self._first_fault_s = min(self._first_fault_s, event.t_s)
        if not isinstance(event, Progress) or not self._due(event):
            return
        for alarm in self._told(event):
            yield alarm
            if isinstance(alarm, AlarmRaised) and alarm.monitor in self.abort_on and not self._stopping:
                self._stopping = True
                why = f"{alarm.monitor} raised its alarm at {alarm.raised_s:g} s"
                post(StopRequested(t_s=event.t_s, reason=why, monitor=alarm.monitor))

    def _due(self, event: Progress) -> bool:
        """Whether there is a whole second that nobody looked at yet."""
        second = math.floor(event.kept_s)
        if second <= self._seen or not self._watched or not self.ready():
            return False
        self._seen = second
        return True

    def _told(self, event: Progress) -> Iterator[AlarmRaised | AlarmEnded]:
        race = self._watching()
        race.fault(self._first_fault_s)
        kept_s = math.inf if event.kept_s >= ALL_KEPT_S else event.kept_s
        if race.waits(kept_s):
            return
        live = LiveFolder(self.folder.live)
        # Each worker has begun its stream of answers before anybody is asked, that of complaints after that.
        self._answers = self._answers or live.all_answers()
        fresh = list(self._tails.batches(self._answers, self._columns))
        heard = live.all_complaints() if self.scenario.client.complains else []
        for told in race.take(fresh, kept_s, list(self._tails.batches(heard, ("t_s",)))):
            t_s, monitor, raised_s = event.t_s, told.monitor, told.raised_s
            if told.ended_s is None:
                yield AlarmRaised(t_s=t_s, monitor=monitor, raised_s=raised_s)
            else:
                yield AlarmEnded(t_s=t_s, monitor=monitor, raised_s=raised_s, ended_s=told.ended_s)

    def _watching(self) -> "LiveRace":
        if self._race is None:
            from creditstorm.analysis.monitors.live import LiveRace, raw_columns  # noqa: PLC0415 - loads polars
            from creditstorm.runs.calibrations import kept_heights  # noqa: PLC0415 - and numpy

            hear_sigint()
            load = self.scenario.load
            self._race = LiveRace(self._watched, load.warm_up_s, load.duration_s, kept_heights())
            self._columns = raw_columns(self._watched)
        return self._race
