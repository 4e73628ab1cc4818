"""The clock and the inbox of a simulated run: who waits for an event lets virtual time pass."""

import math
from collections import deque

from creditstorm import steady
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.engine.events import Event
from creditstorm.record.manifest import ClockAnchor


class VirtualClock:
    """Seconds since the start of the load on the loop's clock; before it, seconds since creation."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._created = self._zero = loop.time()
        self._started = False

    def start(self) -> None:
        """Instant 0 is now."""
        self._zero = self._loop.time()
        self._started = True

    @property
    def started(self) -> bool:
        """Whether instant 0 is set."""
        return self._started

    def now_s(self) -> float:
        """The present instant."""
        return self._loop.time() - self._zero

    def asleep_s(self) -> float:
        """A machine that is asleep changes nothing about a simulated run."""
        return 0.0

    def loop_time(self, t_s: float) -> float:
        """An instant of the run on the loop's clock."""
        return self._zero + t_s

    @property
    def zero(self) -> float:
        """Instant 0 on the loop's clock."""
        return self._zero

    @property
    def lead_s(self) -> float:
        """How long after its creation the clock was started."""
        return self._zero - self._created

    def anchor(self) -> ClockAnchor:
        """When it was made, by the wall; instant 0 by the virtual clock."""
        return ClockAnchor(unix_s=steady.unix_s(), monotonic_s=self._zero)


class VirtualInbox:
    """What is posted comes at once; where nothing is, time passes until something is, or the patience is over."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._events: deque[Event] = deque()

    def post(self, event: Event) -> None:
        """Hand an event to the engine; a signal handler may do so too."""
        self._events.append(event)

    def get(self, timeout_s: float) -> Event | None:
        """The next event, None after `timeout_s` virtual seconds without one."""
        if not self._events:
            now = self._loop.time()
            # By one step of the float at least: a patience below it would let no time pass, for ever.
            until = max(now + timeout_s, math.nextafter(now, math.inf)) if timeout_s > 0.0 else now
            self._loop.run_until(until, self._events)
        return self._events.popleft() if self._events else None
