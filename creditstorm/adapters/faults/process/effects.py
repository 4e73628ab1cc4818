"""What a fault of a process does to it: how it is dealt, recognised and made good, and by whose hand."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final, Protocol

from creditstorm.adapters.probing.probe import ProbeResult


class ProcessControl(Protocol):
    """A control on the processes of the services, by name."""

    def signal(self, service: str, number: int) -> None:
        """Send a signal to the process of this service."""

    def expect_exit(self, service: str) -> None:
        """The next end of this process is wanted."""

    def ended(self, service: str) -> bool:
        """Whether the process of this service has ended and was not started again."""

    def await_exit(self, service: str) -> None:
        """Return once the process has ended; HarnessError when it does not."""

    def stopped(self, service: str) -> bool:
        """Whether the process stands still under SIGSTOP."""

    def start_again(self, service: str) -> None:
        """Start it again on the same port and tell it what it knew; returns when it answers.

        Raises HarnessError when it does not come up.
        """


@dataclass(frozen=True, slots=True)
class ProcessEffect:
    """One fault of one process: how it is dealt, how it is recognised, how it is made good."""

    control: ProcessControl
    service: str
    by_probe_alone: ClassVar[bool] = False
    """Whether a probe can meet it before the table of processes shows it."""
    hinders_stop: ClassVar[bool] = False
    """Whether it has to be made good before the services can be stopped."""

    def strike(self) -> None:
        """Deal it."""
        raise NotImplementedError

    def on(self) -> bool:
        """Whether the table of processes shows it."""
        raise NotImplementedError

    def met(self, result: ProbeResult) -> bool:
        """Whether a probe of /healthz through the proxy looks like it."""
        return result.outcome != "answered"

    def aftermath(self) -> bool:
        """What follows by itself once it took effect; whether that made it good already."""
        return False

    def undo(self) -> None:
        """Make it good."""
        raise NotImplementedError


class KillEffect(ProcessEffect):
    """Met by a connection that nobody takes; the proxy itself still listens and so closes it."""

    def strike(self) -> None:
        """No warning."""
        self.control.expect_exit(self.service)
        self.control.signal(self.service, signal.SIGKILL)

    def on(self) -> bool:
        """The process has ended."""
        return self.control.ended(self.service)

    def met(self, result: ProbeResult) -> bool:
        """Nobody there."""
        return result.outcome in ("refused", "reset", "closed")

    def undo(self) -> None:
        """Start it again on the same port."""
        if self.control.ended(self.service):
            self.control.start_again(self.service)


class PauseEffect(ProcessEffect):
    """Met by silence while the process stands still: the kernel takes connections, nobody answers."""

    hinders_stop: ClassVar[bool] = True

    def strike(self) -> None:
        """Stand still."""
        self.control.signal(self.service, signal.SIGSTOP)

    def on(self) -> bool:
        """The kernel says that it is stopped."""
        return self.control.stopped(self.service)

    def met(self, result: ProbeResult) -> bool:
        """Not a byte."""
        return result.outcome == "unfinished" and result.received == 0

    def undo(self) -> None:
        """Go on."""
        self.control.signal(self.service, signal.SIGCONT)


class RestartEffect(KillEffect):
    """The old process takes no connection from SIGTERM on and has a second for the requests that it holds."""

    by_probe_alone: ClassVar[bool] = True

    def strike(self) -> None:
        """Ask it to end."""
        self.control.expect_exit(self.service)
        self.control.signal(self.service, signal.SIGTERM)

    def aftermath(self) -> bool:
        """Start it again at once."""
        self.control.await_exit(self.service)
        self.undo()
        return True


PROCESS_EFFECTS: Final[Mapping[str, type[ProcessEffect]]] = MappingProxyType(
    {"kill": KillEffect, "pause": PauseEffect, "restart": RestartEffect}
)
"""By the scenario's word for the kind."""
