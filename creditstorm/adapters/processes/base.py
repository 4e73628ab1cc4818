"""What the injector needs to know of a fault of a process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from creditstorm.adapters.processes.hand import Hand
from creditstorm.adapters.toxiproxy.probe import Seen


@dataclass(frozen=True, slots=True)
class Blow:
    """One fault of one process: how it is dealt, how it is recognised, how it is made good."""

    hand: Hand
    service: str
    by_probe_alone: ClassVar[bool] = False
    """Whether a probe can meet it before the table of processes shows it."""

    def strike(self) -> None:
        """Deal it."""
        raise NotImplementedError

    def on(self) -> bool:
        """Whether the table of processes shows it."""
        raise NotImplementedError

    def met(self, seen: Seen) -> bool:
        """Whether a probe of /healthz through the proxy looks like it."""
        return seen.outcome != "answered"

    def aftermath(self) -> bool:
        """What follows by itself once it took effect; whether that made it good already."""
        return False

    def undo(self) -> None:
        """Make it good."""
        raise NotImplementedError
