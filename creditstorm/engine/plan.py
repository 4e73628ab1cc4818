"""A run before it happens: which fault begins and ends when, and when the load ends."""

from dataclasses import dataclass
from typing import Protocol


class PlannedFault(Protocol):
    """What the engine needs to know of a fault; everything else is the injector's business."""

    @property
    def name(self) -> str:
        """The unique name in the run."""

    @property
    def kind(self) -> str:
        """The fault kind."""

    @property
    def target(self) -> str:
        """The proxy it works on."""

    @property
    def at_s(self) -> float:
        """When it shall take effect."""

    @property
    def for_s(self) -> float:
        """How long it shall last."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do at one instant."""

    t_s: float
    begins: bool
    fault: PlannedFault


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps in their order; `ends_s` is when the last arrival is intended at the latest."""

    steps: tuple[Step, ...]
    ends_s: float


def make_plan(faults: tuple[PlannedFault, ...], *, ends_s: float) -> Plan:
    """The steps of these faults by time; at one instant an end comes before a beginning."""
    steps = [Step(f.at_s, begins=True, fault=f) for f in faults]
    steps += [Step(f.at_s + f.for_s, begins=False, fault=f) for f in faults]
    return Plan(tuple(sorted(steps, key=lambda step: (step.t_s, step.begins))), ends_s)
