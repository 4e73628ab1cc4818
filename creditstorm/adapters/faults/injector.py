"""What can apply a fault, see that it took effect, take it off and see that it is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from creditstorm.scenario.faults import FaultBase

FaultT_contra = TypeVar("FaultT_contra", bound=FaultBase, contravariant=True)


@dataclass(frozen=True, slots=True)
class Verification:
    """A verified instant on the monotonic clock, and by what it was verified.

    `met` is how many requests met the fault while it was on, our own probes left out; None where nobody counted.
    """

    at_monotonic: float
    verified_by: str
    met: int | None = None


class Injector(Protocol[FaultT_contra]):
    """The hand on one family of faults. Every method but `clear_all` may raise HarnessError; all are thread-safe."""

    def apply(self, fault: FaultT_contra) -> None:
        """Switch the fault on; it was registered for switching off before."""

    def verify_effective(self, fault: FaultT_contra, timeout_s: float) -> Verification | None:
        """When the effect was first met, None if that did not happen in time."""

    def clear(self, fault: FaultT_contra) -> None:
        """Switch the fault off; one that is not on is fine."""

    def verify_cleared(self, fault: FaultT_contra, timeout_s: float) -> Verification | None:
        """When it was first gone, None if that did not happen in time."""

    def clear_all(self) -> None:
        """Take off whatever may be on; never raises for what is dead already."""
