"""What every fault has: a name, a target, a planned window, a direction, a toxicity."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from creditstorm.credit.sources import SERVICES
from creditstorm.scenario.base import Duration, Id, PositiveDuration, Share, Spec, key, one_of

DECISION: Final = "decision"
TARGETS: Final = tuple(sorted((*SERVICES, DECISION)))
"""The proxies a fault can sit on: one before every service that a decision asks, one before the decision itself."""
DIRECTIONS: Final = ("downstream", "upstream")


class FaultBase(Spec):
    """The common part; `name` defaults to the target (target-2 … when it is taken) and names the fault's window."""

    kind: str
    name: Id = ""
    target: Annotated[str, *one_of("a target", TARGETS)]
    at_s: Annotated[Duration, key("at")]
    for_s: Annotated[PositiveDuration, key("for")]
    direction: Annotated[str, *one_of("a direction", DIRECTIONS)] = "downstream"
    toxicity: Annotated[Share, Field(gt=0.0)] = 1.0

    @property
    def end_s(self) -> float:
        """The planned end, in seconds since the start of the load."""
        return self.at_s + self.for_s
