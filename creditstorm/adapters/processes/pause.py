"""`pause`: SIGSTOP, and SIGCONT at the end."""

from __future__ import annotations

import signal

from creditstorm.adapters.processes.base import Blow
from creditstorm.adapters.toxiproxy.probe import Seen


class PauseBlow(Blow):
    """Met by silence while the process stands still: the kernel takes connections, nobody answers."""

    def strike(self) -> None:
        """Stand still."""
        self.hand.signal(self.service, signal.SIGSTOP)

    def on(self) -> bool:
        """The kernel says that it is stopped."""
        return self.hand.stopped(self.service)

    def met(self, seen: Seen) -> bool:
        """Not a byte."""
        return seen.outcome == "unfinished" and seen.received == 0

    def undo(self) -> None:
        """Go on."""
        self.hand.signal(self.service, signal.SIGCONT)
