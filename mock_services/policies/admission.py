"""Who is let in under load: everybody, so many at a time, some of them first, or as many as latency allows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from creditstorm import steady
from creditstorm.credit.applicants import Segment
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.policies.admission import Adaptive


class OpenDoor:
    """Lets everybody in, whatever the load."""

    def enter(self, request: CreditRequest) -> bool:  # noqa: ARG002 - everybody alike
        """Always true."""
        return True

    def leave(self, took_s: float) -> None:
        """Nothing to keep count of."""


class InflightCapDoor:
    """Lets a request in while fewer than `limit` are being decided; by Little's law a bound on the waiting of all."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.in_flight = 0

    def enter(self, request: CreditRequest) -> bool:  # noqa: ARG002 - everybody alike
        """Whether there is room."""
        if self.in_flight >= self._limit:
            return False
        self.in_flight += 1
        return True

    def leave(self, took_s: float) -> None:  # noqa: ARG002 - only the number counts
        """There is room for one more."""
        self.in_flight -= 1


class PriorityDoor:
    """Turns consumers away before micro businesses, and nobody while fewer than the consumers' part are inside."""

    def __init__(self, limit: int, reserved: float) -> None:
        self._room = {Segment.MICRO_BUSINESS: limit, Segment.CONSUMER: max(1, limit - round(limit * reserved))}
        self.in_flight = 0

    def enter(self, request: CreditRequest) -> bool:
        """Whether there is room for this class."""
        if self.in_flight >= self._room[request.segment]:
            return False
        self.in_flight += 1
        return True

    def leave(self, took_s: float) -> None:  # noqa: ARG002 - only the number counts
        """There is room for one more."""
        self.in_flight -= 1


LONG_WARM_UP: Final = 10
ENOUGH_SAMPLES: Final = 10


@dataclass(slots=True)
class LongAverage:
    """An exponential average of about `window` values; of the first ten, their plain mean."""

    window: int
    value: float = 0.0
    count: int = 0

    def add(self, sample: float) -> float:
        """The average with this sample."""
        self.count += 1
        weight = 1.0 / self.count if self.count <= LONG_WARM_UP else 2.0 / (self.window + 1)
        self.value += weight * (sample - self.value)
        return self.value


class Gradient2:
    """The limit as Netflix's concurrency-limits (Gradient2Limit) updates it, once a sampling window.

    gradient = clip(long / short, ½, 1); limit ← (1 − s) · limit + s · (gradient · limit + queue), within its bounds.
    The long latency is taken down by a tenth while it is more than twice the short one, which lets the limit
    recover after a slow time. The limit does not move while less than half of it is in use.
    """

    def __init__(self, spec: Adaptive) -> None:
        self._told = spec
        self._long = LongAverage(spec.long_window)
        self.limit = float(spec.start)

    def update(self, short_s: float, in_flight: int) -> None:
        """A window is over: its mean latency, and the most requests at a time in it."""
        long_s = self._long.add(short_s)
        if long_s > 2.0 * short_s:
            self._long.value *= 0.9
        if in_flight < self.limit / 2.0:
            return
        spec = self._told
        gradient = min(1.0, max(0.5, long_s / short_s)) if short_s > 0.0 else 1.0
        wanted = gradient * self.limit + spec.queue
        smoothed = (1.0 - spec.smoothing) * self.limit + spec.smoothing * wanted
        self.limit = min(float(spec.most), max(float(spec.least), smoothed))


class AdaptiveDoor:
    """Lets a request in while fewer than the limit are being decided.

    A window is over after `window_s` and at least ten requests, as in WindowedLimit of the same library.
    """

    def __init__(self, spec: Adaptive, now: Callable[[], float] = steady.unix_s) -> None:
        self._gradient = Gradient2(spec)
        self._window_s = spec.window_s
        self._now = now
        self.in_flight = 0
        self._start_window()

    def _start_window(self) -> None:
        self._since = self._now()
        self._total_s = 0.0
        self._samples = 0
        self._most_in_flight = self.in_flight

    @property
    def limit(self) -> int:
        """How many may be inside now."""
        return int(self._gradient.limit)

    def enter(self, request: CreditRequest) -> bool:  # noqa: ARG002 - everybody alike
        """Whether there is room."""
        if self.in_flight >= self.limit:
            return False
        self.in_flight += 1
        self._most_in_flight = max(self._most_in_flight, self.in_flight)
        return True

    def leave(self, took_s: float) -> None:
        """There is room for one more, and one more latency to learn from."""
        self.in_flight -= 1
        self._total_s += took_s
        self._samples += 1
        if self._samples >= ENOUGH_SAMPLES and self._now() - self._since >= self._window_s:
            self._gradient.update(self._total_s / self._samples, self._most_in_flight)
            self._start_window()
