"""How far a planner's job is: a bar with the time that is left, plain lines where there is no terminal."""

import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, TimeRemainingColumn
from creditstorm.cli.bar import LINE_EVERY_S, Bar
from creditstorm.cli.screen import duration_in_words
from creditstorm.record.job_folder import Result
from creditstorm.runs.points import Point

if TYPE_CHECKING:
    from creditstorm.runs.hunting.search import Find

_SLOW: Final = 3
"""Results before a remaining time is told: the first ones hold the start of the processes."""


@contextmanager
def keeps(place: Path) -> Iterator[None]:
    """Inside, whoever interrupts is told with which folder the same command goes on."""
    try:
        yield
    except KeyboardInterrupt:
        where = f"--out {shlex.quote(str(place))}"
        typer.echo(f"interrupted; what is done is kept: the same command with {where} goes on", err=True)
        raise


class PointsProgress(Bar):
    """Shows the points of a job as they are computed."""

    def __init__(self, console: Console, what: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(console, "{task.description}", MofNCompleteColumn(), TimeRemainingColumn(), what=what)
        self._clock = clock
        self._began_s = clock()
        self._total = self._kept = self._done = self._unsaid = 0
        self._batch_s, self._before = clock() - self._began_s, 0

    def begin(self, total: int, kept: int) -> None:
        """More points are wanted: of another kind perhaps, such as live ones, so that their own pace counts."""
        self._batch_s, self._before = self._clock() - self._began_s, self._done
        self._total += total
        self._kept += kept
        self._bar.update(self._task, total=self._total, completed=self._kept + self._done)
        self._unsaid += kept
        if kept < total:  # a search asks for one after another, and all that it knows is one line
            self._say_known()

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._say_known()

    def _say_known(self) -> None:
        if self._unsaid:
            self.say(f"  {self._unsaid} of {self._total} known from before")
        self._unsaid = 0

    def done(self, point: Point, result: Result) -> None:
        """One more is known."""
        del result
        self.ended(point.name)

    def ended(self, name: str) -> None:
        """What has this name is over."""
        self._done += 1
        self._bar.update(self._task, completed=self._kept + self._done)
        elapsed_s = self._clock() - self._began_s
        done = f"{self._kept + self._done}/{self._total}"
        self.say_now_and_then(elapsed_s, f"  {elapsed_s:6.0f} s  {done} {name}{self._left(elapsed_s)}")

    def _left(self, elapsed_s: float) -> str:
        to_come, done = self._total - self._kept - self._done, self._done - self._before
        if done < _SLOW or not to_come:
            return ""
        return f" · about {duration_in_words((elapsed_s - self._batch_s) / done * to_come)} left"


class HuntProgress(Bar):
    """Shows how much of a hunt's time is over, and the smallest storm so far."""

    def __init__(self, console: Console, for_s: float) -> None:
        super().__init__(console, "hunt", "{task.description}", total=for_s, first_line_s=LINE_EVERY_S)
        self._for_s = for_s

    def passed(self, seconds: float, smallest: "Find | None") -> None:
        """So much of its time is over."""
        left = f"{duration_in_words(max(0.0, self._for_s - seconds))} left"
        found = "nothing yet" if smallest is None else _smallest(smallest)
        self._bar.update(self._task, completed=seconds, description=f"{left} · {found}")
        self.say_now_and_then(seconds, f"  {seconds:6.0f} s  {left} · {found}")


def _smallest(find: "Find") -> str:
    return "so far: " + " and ".join(
        f"{fault['kind']} on {fault['target']} for {fault['for']}" for fault in find.faults
    )
