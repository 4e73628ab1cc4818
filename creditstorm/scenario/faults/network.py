"""What every fault of the network has: a proxy that it sits on, a direction, a toxicity."""

from __future__ import annotations

from typing import Annotated, Final

from creditstorm.scenario.base import one_of
from creditstorm.scenario.faults.base import FaultBase, SomeShare
from creditstorm.scenario.faults.targets import AnyTarget

DIRECTIONS: Final = ("downstream", "upstream")


class NetworkFault(FaultBase):
    """Something between two services, made by Toxiproxy."""

    target: AnyTarget
    direction: Annotated[str, *one_of("a direction", DIRECTIONS)] = "downstream"
    toxicity: SomeShare = 1.0
