"""`kill`: SIGKILL, and a new process at the end."""

from __future__ import annotations

import signal

from creditstorm.adapters.processes.base import Blow
from creditstorm.adapters.toxiproxy.probe import Seen


class KillBlow(Blow):
    """Met by a connection that nobody takes; the proxy itself still listens and so closes it."""

    def strike(self) -> None:
        """No warning."""
        self.hand.expect_exit(self.service)
        self.hand.signal(self.service, signal.SIGKILL)

    def on(self) -> bool:
        """The process has ended."""
        return self.hand.ended(self.service)

    def met(self, seen: Seen) -> bool:
        """Nobody there."""
        return seen.outcome in ("refused", "reset", "closed")

    def undo(self) -> None:
        """Start it again on the same port."""
        if self.hand.ended(self.service):
            self.hand.start_again(self.service)
