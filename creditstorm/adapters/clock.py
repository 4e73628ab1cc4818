"""The clock of a run: one monotonic instant is 0 for every process of this host."""

import time

from creditstorm import steady
from creditstorm.record.manifest import ClockAnchor


class RunClock:
    """Seconds since the start of the load; before `start`, where nobody knows it yet, seconds since creation."""

    def __init__(self) -> None:
        self._created = time.monotonic()
        self._zero: float | None = None

    def start(self, zero_monotonic: float) -> None:
        """Set instant 0."""
        self._zero = zero_monotonic

    def now_s(self) -> float:
        """The present instant in seconds since the start of the load."""
        return self.at_s(time.monotonic())

    def asleep_s(self) -> float:
        """How long the machine was suspended since it booted; 0 for ever where the system has no clock of it."""
        booted = getattr(time, "CLOCK_BOOTTIME", None)
        return 0.0 if booted is None else time.clock_gettime(booted) - time.monotonic()

    def at_s(self, monotonic: float) -> float:
        """A monotonic instant in seconds since the start of the load."""
        return monotonic - (self._created if self._zero is None else self._zero)

    @property
    def lead_s(self) -> float:
        """How long after its creation the clock was started: what to take off an instant noted before."""
        return (self._created if self._zero is None else self._zero) - self._created

    def anchor(self) -> ClockAnchor:
        """Instant 0 on both clocks, whatever was set since."""
        ago_s = self.now_s()
        return ClockAnchor(unix_s=steady.unix_s() - ago_s, monotonic_s=time.monotonic() - ago_s)
