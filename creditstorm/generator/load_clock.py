"""The time of a load: seconds since its instant 0, the last call for taps, and the end of waiting for answers."""

import time

import gevent
from creditstorm import steady
from creditstorm.demand.load_plan import LoadPlan

NAP_S = 0.25
"""The longest sleep between two looks at whether to stop."""
GRACE_S = 0.5


class LoadClock:
    """One worker's; being told to stop brings last call and end forward."""

    def __init__(self, plan: LoadPlan) -> None:
        self.last_call_s = plan.last_call_s
        self.ends_s = plan.duration_s + plan.drain_s + GRACE_S
        self.stopped = False
        self.thinking = 0
        """How many people think about their next tap just now."""
        self._timeout_s = plan.client.timeout_s
        self._zero = 0.0

    def start(self, zero: float) -> None:
        """Instant 0 was, or will be, at `zero` on the monotonic clock."""
        self._zero = zero

    def stop(self) -> None:
        """No tap is intended from now on; what is in flight still gets its answer or its time-out."""
        if not self.stopped:
            self.stopped = True
            self.last_call_s = min(self.last_call_s, self.now_s())
            self.ends_s = min(self.ends_s, self.now_s() + self._timeout_s + GRACE_S)

    def now_s(self) -> float:
        """The present instant."""
        return time.monotonic() - self._zero

    def at_s(self, unix_s: float) -> float:
        """The instant that unix seconds name."""
        return self.now_s() + unix_s - steady.unix_s()

    def between(self, from_s: float, unix_s: float | None) -> float | None:
        """The same where it lies between `from_s` and now; None elsewhere, where the other clock is not ours."""
        t_s = None if unix_s is None else self.at_s(unix_s)
        return t_s if t_s is not None and from_s <= t_s <= self.now_s() else None

    def nap_until(self, t_s: float) -> bool:
        """Sleep until `t_s`, which is still intended; False as soon as it is not."""
        while t_s <= self.last_call_s:
            wait_s = t_s - self.now_s()
            if wait_s <= 0:
                return True
            gevent.sleep(min(wait_s, NAP_S))
        return False

    def until(self, t_s: float) -> bool:
        """Sleep until `t_s`, as a person who thinks; False where no tap is intended any more by then."""
        if t_s > self.last_call_s:
            return False
        self.thinking += 1
        gevent.sleep(max(0.0, t_s - self.now_s()))
        self.thinking -= 1
        return t_s <= self.last_call_s
