"""An asyncio loop whose clock jumps to the next thing that is due.

Kept libraries do this too; async-solipsism 0.10 and looptime 0.9 were tried. They are the standard loop with another
selector, so timers that are due at one instant come in no promised order, and a run cannot be inside of another loop,
as in a notebook. Here both hold, and what needs no handle has none. It is not for speed: 10⁵ sleeps of 5,000 tasks cost
.64 to .72 s of CPU here, .71 to .76 s and .75 to .81 s there, .75 to .91 s in the standard loop (3 each, busy machine).
"""

import asyncio
import contextvars
import heapq
from asyncio.events import _get_running_loop, _set_running_loop
from collections import deque
from collections.abc import Callable, Coroutine, Sized
from contextvars import Context
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")
Callback = Callable[..., object]


class DueCall:
    """Something that will be called, unless it is cancelled; asyncio's own handles cost four times as much."""

    __slots__ = ("args", "call", "context", "due_s")

    def __init__(self, call: Callback, args: tuple[object, ...], context: Context | None, due_s: float = 0.0) -> None:
        self.call: Callback | None = call
        self.args = args
        self.context = context
        self.due_s = due_s

    def cancel(self) -> None:
        """It will not be called."""
        self.call = None

    def cancelled(self) -> bool:
        """Whether it will not be called."""
        return self.call is None

    def when(self) -> float:
        """When it is due, by the loop's clock."""
        return self.due_s


class VirtualLoop(asyncio.AbstractEventLoop):
    """Only what tasks, futures and timers need. At one instant things happen in the order in which they were asked for.

    What nobody caught is raised by `run_until`.
    """

    def __init__(self, start_s: float = 0.0) -> None:
        self._now_s = start_s
        self._ready: deque[DueCall] = deque()
        self._timers: list[tuple[float, int, DueCall]] = []
        self._number = count()
        self._running = False
        self._uncaught: list[BaseException] = []

    def time(self) -> float:
        """The present instant in seconds."""
        return self._now_s

    def run_until(self, until_s: float, enough: Sized = ()) -> None:
        """Let time pass up to this instant, or until there is something in `enough`."""
        outer = _get_running_loop()
        _set_running_loop(self)
        self._running = True
        try:
            while not enough and self._advance(until_s):
                self._run_ready()
        finally:
            self._running = False
            _set_running_loop(outer)

    def run_until_complete(self, future: Coroutine[Any, Any, T]) -> T:  # type: ignore[override]
        """What the coroutine returns, however long it takes; RuntimeError where nothing is due before it is done."""
        done: list[asyncio.Future[T]] = []
        self.create_task(future).add_done_callback(done.append)
        self.run_until(float("inf"), done)
        if not done:
            raise RuntimeError("nothing is due any more, and it is not done")
        return done[0].result()

    def close(self) -> None:
        """Cancel what goes on, and let it end."""
        for task in asyncio.all_tasks(self):
            task.cancel()
        self.run_until(self._now_s)
        self._timers.clear()

    def _advance(self, until_s: float) -> bool:
        """Take what is due at the next instant; False where that lies behind `until_s`, which is then now."""
        if self._ready:
            return True
        timers, pop = self._timers, heapq.heappop
        while timers and timers[0][2].call is None:
            pop(timers)
        if not timers or timers[0][0] > until_s:
            if until_s != float("inf"):
                self._now_s = max(self._now_s, until_s)
            return False
        now_s = timers[0][0]
        self._now_s = now_s = max(self._now_s, now_s)
        while timers and timers[0][0] <= now_s:
            self._ready.append(pop(timers)[2])
        return True

    def _run_ready(self) -> None:
        ready = self._ready
        take = ready.popleft
        while ready:
            due = take()
            if due.call is None:
                continue
            if due.context is None:
                due.call(*due.args)
            else:
                due.context.run(due.call, *due.args)
            if self._uncaught:  # of a task, told through the loop: raised here, where the engine waits
                raise self._uncaught.pop()

    def call_soon(  # type: ignore[override]
        self, callback: Callback, *args: object, context: Context | None = None
    ) -> DueCall:
        """At this instant, after what is due already."""
        due = DueCall(callback, args, context or contextvars.copy_context())
        self._ready.append(due)
        return due

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callback, *args: object, context: Context | None = None
    ) -> DueCall:
        """At an instant of `time`."""
        due = DueCall(callback, args, context or contextvars.copy_context(), when)
        heapq.heappush(self._timers, (when, next(self._number), due))
        return due

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callback, *args: object, context: Context | None = None
    ) -> DueCall:
        """So many seconds from now."""
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def after(self, delay_s: float, callback: Callback, *args: object) -> None:
        """As `call_later`, in no context of its own and without a way back: for what has neither."""
        when = self._now_s + delay_s
        heapq.heappush(self._timers, (when, next(self._number), DueCall(callback, args, None, when)))

    def sleep(self, seconds: float) -> asyncio.Future[None]:
        """Done so many seconds from now: as `asyncio.sleep`, at half its cost."""
        slept: asyncio.Future[None] = asyncio.Future(loop=self)
        self.after(seconds, _wake, slept)
        return slept

    def create_future(self) -> asyncio.Future[Any]:
        """A future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]
        self, coro: Coroutine[Any, Any, T], *, name: str | None = None, context: Context | None = None
    ) -> asyncio.Task[T]:
        """Begin the coroutine at this instant."""
        return asyncio.Task(coro, loop=self, name=name, context=context)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Remember what nobody caught."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._uncaught.append(error)

    def get_debug(self) -> bool:
        """Never."""
        return False

    def is_running(self) -> bool:
        """Whether time passes just now."""
        return self._running

    def is_closed(self) -> bool:
        """Never: it holds nothing that could be left open."""
        return False


def _wake(slept: asyncio.Future[None]) -> None:
    if not slept.done():
        slept.set_result(None)
