"""A ports without processes: time passes only while the engine waits, and every port keeps a diary."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from creditstorm.engine.events import Event, FaultApplied, FaultCleared, FaultEffective, ServiceReady
from creditstorm.engine.ports import RunPorts


@dataclass(frozen=True)
class Fault:
    """A planned fault of a test."""

    name: str
    at_s: float
    for_s: float
    kind: str = "blackhole"
    target: str = "bureau"


@dataclass
class FakeRunPorts:
    """Clock, inbox, system, faults and load in one; `script` are events by the instant at which they arrive.

    `stops` are instants at which this process is stopped, `naps` such at which the machine sleeps, each with seconds.
    """

    script: dict[float, Event] = field(default_factory=dict)
    now: float = 0.0
    asleep: float = 0.0
    stops: dict[float, float] = field(default_factory=dict)
    naps: dict[float, float] = field(default_factory=dict)
    diary: list[str] = field(default_factory=list)
    posted: deque[Event] = field(default_factory=deque)
    start_error: Exception | None = None
    slow_faults: bool = False

    def ports(self) -> RunPorts:
        """The ports as the engine takes them."""
        return RunPorts(system=self, faults=self, load=self._load(), inbox=self, clock=self)  # type: ignore[arg-type]

    def _load(self) -> FakeLoad:
        return FakeLoad(self)

    def now_s(self) -> float:
        """The present."""
        return self.now

    def asleep_s(self) -> float:
        """How long everything was suspended."""
        return self.asleep

    def get(self, timeout_s: float) -> Event | None:
        """The next event that falls into the waiting time, else time passes; `stops` and `naps` befall who waits."""
        self._lose_time(timeout_s)
        if self.posted:
            return self.posted.popleft()
        due = sorted(t for t in self.script if t <= self.now + timeout_s)
        if due:
            self.now = max(self.now, due[0])
            return self.script.pop(due[0])
        self.now += timeout_s
        return None

    def _lose_time(self, timeout_s: float) -> None:
        for at_s in [at_s for at_s in self.stops if at_s <= self.now + timeout_s]:
            self.now += self.stops.pop(at_s)
        for at_s in [at_s for at_s in self.naps if at_s <= self.now + timeout_s]:
            self.asleep += self.naps.pop(at_s)

    def start(self) -> Iterable[ServiceReady]:
        """Yield one service, then fail where the test says so."""
        self.diary.append("system on")
        yield ServiceReady(t_s=-1.0, service="bureau", pid=1, port=2)
        if self.start_error:
            raise self.start_error

    def stop(self) -> None:
        """Stop the system."""
        self.diary.append("system off")

    def begin(self, name: str) -> None:
        """Take effect at once."""
        self.diary.append(f"{self.now:g} begin {name}")
        words = {"t_s": self.now, "fault": name, "kind": "blackhole", "target": "bureau"}
        if not self.slow_faults:
            self.posted += [FaultApplied(**words), FaultEffective(**words, verified_by="test")]

    def end(self, name: str) -> None:
        """Clear at once."""
        self.diary.append(f"{self.now:g} end {name}")
        words = {"t_s": self.now, "fault": name, "kind": "blackhole", "target": "bureau"}
        if not self.slow_faults:
            self.posted.append(FaultCleared(**words, verified_by="test"))

    def clear_all(self) -> None:
        """Take everything off."""
        self.diary.append("faults off")


@dataclass
class FakeLoad:
    """The load of a fake ports."""

    ports: FakeRunPorts

    def launch(self) -> None:
        """Begin to start."""
        self.ports.diary.append("load on")

    def prepare(self) -> int:
        """Plan seven arrivals."""
        return 7

    def release(self) -> None:
        """Begin."""
        self.ports.diary.append("released")

    def drain(self) -> None:
        """Wind up."""
        self.ports.diary.append("drain")

    def stop(self) -> None:
        """Stop the generator."""
        self.ports.diary.append("load off")
