"""A second process that draws the figures: matplotlib holds its process for two seconds, and loads for half of one.

It is started beside the load, while there is nothing to draw, so that it is warm when the load is over; then a fork of
it draws half of them on another core, and who ordered them never loads matplotlib. An order and its drawings each go
over a pipe as one line of text, under the number of the order: who gave one up and goes on never takes its drawings for
those of the next.

How late it comes round is not recorded, as it is of the others: it draws figures that are worked out by then, the
same to the byte whether it is late, broken or not there. What it takes of a core beside the load makes others late, and
theirs is recorded. Where it ran out of something, the run says so.
"""

import base64
import gc
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Final, TypeVar

from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.summary import Summary
from creditstorm.report.drawing import Drawing

T = TypeVar("T")
WITHIN_S: Final = 10.0
"""It takes a second or two; who waited for longer draws by himself."""


class FigureWorkerError(Exception):
    """The second process is gone, or said something that is no drawing."""


@dataclass
class FigureWorker:
    """Our side of the pipes to it: one for as long as the process lives, because it numbers the orders."""

    orders: IO[str]
    drawn: IO[str]
    within_s: float = WITHIN_S
    failure: str | None = None
    """Why it is asked no more, once it kept somebody waiting or broke."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _awaited: int | None = None

    def begin(self, summary: Summary, timeline: Timeline) -> None:
        """Have every figure drawn; FigureWorkerError if nobody listens."""
        if self.failure is not None:
            raise FigureWorkerError(self.failure)
        if self._awaited is not None:
            self.finished()  # fetched by nobody, they would keep the other side from reading what comes now
        number = next(self._numbers)
        line = _line((number, summary, timeline))
        self._in_time(lambda: self._write(line))
        self._awaited = number

    def finished(self) -> list[Drawing]:
        """What was begun last, once it is drawn; FigureWorkerError if it never will be."""
        awaited, self._awaited = self._awaited, None
        return self._in_time(lambda: self._drawings_of(awaited))

    def _in_time(self, work: Callable[[], T]) -> T:
        """What comes of it: a process that stands still takes no order and gives no answer, for ever."""
        done: SimpleQueue[Future[T]] = SimpleQueue()

        def attempt() -> None:
            future: Future[T] = Future()
            try:
                future.set_result(work())
            except (FigureWorkerError, OSError, ValueError) as problem:
                future.set_exception(problem)
            done.put(future)

        Thread(target=attempt, name="figures", daemon=True).start()
        try:
            return done.get(timeout=self.within_s).result()
        except Empty:
            self.failure = f"the figure worker gave no answer for {self.within_s:g} s"
            raise FigureWorkerError(self.failure) from None
        except (FigureWorkerError, OSError, ValueError) as problem:
            self.failure = f"the figure worker failed ({problem})"
            raise FigureWorkerError(self.failure) from problem

    def _write(self, line: str) -> None:
        self.orders.write(line)
        self.orders.flush()

    def _drawings_of(self, awaited: int | None) -> list[Drawing]:
        number, found = self._next()
        while awaited is not None and number < awaited:
            number, found = self._next()
        if number != awaited:
            raise FigureWorkerError(f"it drew order {number}, not {awaited}")
        return found

    def _next(self) -> tuple[int, list[Drawing]]:
        line = self.drawn.readline()
        if not line.endswith("\n"):
            raise FigureWorkerError("it ended without a drawing")
        try:
            told = pickle.loads(base64.b64decode(line))  # noqa: S301 - our own child's words
        except (ValueError, EOFError, pickle.UnpicklingError) as problem:
            raise FigureWorkerError(str(problem)) from problem
        match told:
            case (int(number), list(found)):
                return number, found
        raise FigureWorkerError("it said something else")


def _line(value: object) -> str:
    return base64.b64encode(pickle.dumps(value)).decode() + "\n"


Draw = Callable[[Summary, Timeline], list[Drawing]]


def serve(orders: IO[str], drawn: IO[str], draw: Draw) -> None:
    """The other side: draw what is ordered until there are no more orders."""
    for line in orders:
        number, summary, timeline = pickle.loads(base64.b64decode(line))  # noqa: S301 - our parent's words
        drawn.write(_line((number, draw(summary, timeline))))
        drawn.flush()


def _main() -> None:
    from creditstorm.report.canvas import rehearse  # noqa: PLC0415 - loads matplotlib
    from creditstorm.report.figures.by_two import drawn_by_two  # noqa: PLC0415 - as above

    rehearse()
    gc.freeze()  # the libraries stay until the end, and no collection has to walk through them again
    serve(sys.stdin, sys.stdout, drawn_by_two)


if __name__ == "__main__":
    _main()
