"""`restart`: SIGTERM, and a new process as soon as the old one has ended."""

from __future__ import annotations

import signal
from typing import ClassVar

from creditstorm.adapters.processes.kill import KillBlow


class RestartBlow(KillBlow):
    """The old process takes no connection from SIGTERM on and has a second for the requests that it holds."""

    by_probe_alone: ClassVar[bool] = True

    def strike(self) -> None:
        """Ask it to end."""
        self.hand.expect_exit(self.service)
        self.hand.signal(self.service, signal.SIGTERM)

    def aftermath(self) -> bool:
        """Start it again at once."""
        self.hand.await_exit(self.service)
        self.undo()
        return True
