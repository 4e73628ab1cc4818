"""What the rest of the machine did while the processes of a test ran."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Final, Self

import psutil

LOOK_EVERY_S: Final = 0.2


class OtherWork:
    """Within the `with`: watches what the machine, and what this process and all that it started, spends on CPU.

    It looks again and again, since nobody's books have the CPU of a process that its parent did not wait for, and
    the services of a run are of that kind: they die with a parent that is killed.
    """

    def __init__(self) -> None:
        self.share = 0.0
        """The share of the machine that other work has had, in 0…1; there when the `with` is over."""
        self._spent_s: dict[psutil.Process, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._begun = (time.monotonic(), _machine_s(), self.own_s)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._look()
        at_s, machine_s, own_s = self._begun
        others_s = _machine_s() - machine_s - (self.own_s - own_s)
        self.share = max(0.0, others_s / ((time.monotonic() - at_s) * (psutil.cpu_count() or 1)))

    @property
    def own_s(self) -> float:
        """Seconds of CPU of every process of ours that was ever seen, as last seen."""
        return sum(self._spent_s.values())

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            self._look()

    def _look(self) -> None:
        me = psutil.Process()
        # A process that was ours once is ours still, where its parent is gone and another has adopted it.
        for process in {me, *me.children(recursive=True), *self._spent_s}:
            with suppress(psutil.NoSuchProcess):
                if process.is_running():
                    self._spent_s[process] = sum(process.cpu_times()[:2])


def _machine_s() -> float:
    times = psutil.cpu_times()
    return sum(times) - times.idle - sum(getattr(times, name, 0.0) for name in ("iowait", "guest", "guest_nice"))
