"""How a scenario may roll a strategy out."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from creditstorm.scenario.base import Id, Number, Share, Spec
from creditstorm.scenario.problems import Problem, as_validation_error


class DirectAsked(Spec):
    """The newest strategy at once."""

    kind: Literal["direct"]


class PinnedAsked(Spec):
    """One version a session."""

    kind: Literal["pinned"]


class CanaryAsked(Spec):
    """A changed strategy for a share of people; with `version` only the change of that name."""

    kind: Literal["canary"]
    share: Share = 0.05
    version: Id | None = None

    @model_validator(mode="after")
    def _reaches_somebody(self) -> Self:
        if self.share == 0.0:
            what = "a canary share of 0 rolls a new strategy out to nobody"
            raise as_validation_error([Problem(what=what, path=("share",), remedy="give the share of people")])
        return self


class HysteresisAsked(Spec):
    """Who was approved before is denied only `h` points below the cut-off."""

    kind: Literal["hysteresis"]
    h: Annotated[Number, Field(le=1000.0)] = 9.0

    @model_validator(mode="after")
    def _spares(self) -> Self:
        if self.h < 0.0:
            what = f"h of {self.h:g} points would deny people above the cut-off because they were approved before"
            raise as_validation_error([Problem(what=what, path=("h",), remedy="give points of 0 or more")])
        return self


class MixedAsked(Spec):
    """A share of requests meets a node with the old version."""

    kind: Literal["mixed"]
    share: Share = 0.5

    @model_validator(mode="after")
    def _disagrees(self) -> Self:
        if self.share in (0.0, 1.0):
            what = f"with a share of {self.share:g} all nodes agree, so nothing is mixed"
            remedy = "give a share between 0 and 1, or use kind: direct"
            raise as_validation_error([Problem(what=what, path=("share",), remedy=remedy)])
        return self


RolloutAsked = Annotated[
    DirectAsked | PinnedAsked | CanaryAsked | HysteresisAsked | MixedAsked, Field(discriminator="kind")
]
"""Any roll-out."""
