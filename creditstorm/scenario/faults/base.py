"""What every fault has: a name, a target, a planned window."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from creditstorm.scenario.base import Duration, Id, PositiveDuration, Share, Spec, key

SomeShare = Annotated[Share, Field(gt=0.0)]
"""A share that befalls somebody: more than 0, at most 1."""


class FaultBase(Spec):
    """The common part; `name` defaults to the target (target-2 … when it is taken) and names the fault's window."""

    kind: str
    name: Id = ""
    target: str
    at_s: Annotated[Duration, key("at")]
    for_s: Annotated[PositiveDuration, key("for")]

    @property
    def end_s(self) -> float:
        """The planned end, in seconds since the start of the load."""
        return self.at_s + self.for_s
