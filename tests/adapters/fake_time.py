"""Time that passes only while somebody pauses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class FakeTime:
    """`clock` and `pause` for whoever takes them as arguments."""

    now: float = 100.0

    def clock(self) -> float:
        """The present instant."""
        return self.now

    def pause(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds
