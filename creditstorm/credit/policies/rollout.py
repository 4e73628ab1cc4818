"""The values of the roll-out axis: for whom a changed strategy decides, and when."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from creditstorm.language.problems import Problem, as_validation_error
from creditstorm.language.quantities import Id, Number, Share, Spec


class Direct(Spec):
    """The newest strategy decides for everybody that it is meant for, at once."""

    kind: Literal["direct"] = "direct"


class Pinned(Spec):
    """A session keeps the strategy that its first request met."""

    kind: Literal["pinned"] = "pinned"


class Canary(Spec):
    """A changed strategy decides for the share of people only, always the same ones; the others keep the old one.

    With a `version` only that one is tried so; every other change goes to everybody that it is meant for.
    """

    kind: Literal["canary"] = "canary"
    share: Share = 0.05
    version: Id | None = None

    @model_validator(mode="after")
    def _reaches_somebody(self) -> Self:
        if self.share == 0.0:
            what = "a canary share of 0 rolls a new strategy out to nobody"
            raise as_validation_error([Problem(what=what, path=("share",), remedy="give the share of people")])
        return self


class Hysteresis(Spec):
    """The newest strategy decides, but who was approved before is denied only below the cut-off − `h` points.

    9 points are a little more than the mean swing of the bureau incident of 2022 that the scenarios copy (8 points).
    """

    kind: Literal["hysteresis"] = "hysteresis"
    h: Annotated[Number, Field(le=1000.0)] = 9.0

    @model_validator(mode="after")
    def _spares(self) -> Self:
        if self.h < 0.0:
            what = f"h of {self.h:g} points would deny people above the cut-off because they were approved before"
            raise as_validation_error([Problem(what=what, path=("h",), remedy="give points of 0 or more")])
        return self


class Mixed(Spec):
    """A share of the requests is still decided by the old strategy, whoever asks: nodes that disagree, a bug."""

    kind: Literal["mixed"] = "mixed"
    share: Share = 0.5

    @model_validator(mode="after")
    def _disagrees(self) -> Self:
        if self.share in (0.0, 1.0):
            what = f"with a share of {self.share:g} all nodes agree, so nothing is mixed"
            remedy = "give a share between 0 and 1, or use kind: direct"
            raise as_validation_error([Problem(what=what, path=("share",), remedy=remedy)])
        return self


Rollout = Annotated[Direct | Pinned | Canary | Hysteresis | Mixed, Field(discriminator="kind")]
