"""What the engine needs of the outside world. The real one is in `adapters`, tests bring their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from creditstorm.engine.events import Event, ServiceReady


class System(Protocol):
    """The credit system under test with its proxies."""

    def start(self) -> Iterable[ServiceReady]:
        """Start everything; each service is yielded once it answers."""

    def stop(self) -> None:
        """Stop whatever was started, also after half a start; never raises for what is already gone."""


class Faults(Protocol):
    """Injects the planned faults, by name, beside the engine; what comes of it is posted to the inbox as events."""

    def begin(self, name: str) -> None:
        """Apply and verify: posts `FaultApplied`, then `FaultEffective` or `FaultUnverified`."""

    def end(self, name: str) -> None:
        """Clear and verify: posts `FaultCleared` or `FaultUnverified`."""

    def clear_all(self) -> None:
        """Take off every fault that may still be on."""


class Load(Protocol):
    """The people who ask."""

    def launch(self) -> None:
        """Begin to start the generator, beside the system; it asks nobody yet."""

    def prepare(self) -> int:
        """The number of planned first attempts, once the generator is ready to send."""

    def release(self) -> None:
        """Let time begin: instant 0 of the run is set here."""

    def drain(self) -> None:
        """Intend nothing more, wait briefly for answers; `LoadFinished` is posted when that is done."""

    def stop(self) -> None:
        """Stop the generator, whatever state it is in."""


class Inbox(Protocol):
    """One queue for everything that happens beside the engine."""

    def get(self, timeout_s: float) -> Event | None:
        """The next event, None after `timeout_s` seconds without one."""


class Clock(Protocol):
    """Seconds since the start of the load, and how long nobody could have counted them."""

    def now_s(self) -> float:
        """The present instant; before the load starts, seconds since the run began."""

    def asleep_s(self) -> float:
        """How long the machine was suspended so far, from some instant on; only its growth means something."""


@dataclass(frozen=True, slots=True)
class RunPorts:
    """All ports of one run."""

    system: System
    faults: Faults
    load: Load
    inbox: Inbox
    clock: Clock
