"""Who is let in, as a scenario may ask for it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from creditstorm.scenario.base import Count, Number, PositiveDuration, Share, Spec, key
from creditstorm.scenario.problems import Problem, as_validation_error

_Requests = Annotated[Count, Field(ge=1, le=100_000)]


class NoAdmissionAsked(Spec):
    """Everybody is let in."""

    kind: Literal["none"]


class InflightCapAsked(Spec):
    """At most `limit` requests at a time."""

    kind: Literal["inflight_cap"]
    limit: _Requests = 160


class PriorityAsked(Spec):
    """At most `limit` requests at a time, the share `reserved` of them for micro businesses."""

    kind: Literal["priority"]
    limit: _Requests = 160
    reserved: Annotated[Share, Field(lt=1.0)] = 0.2


class AdaptiveAsked(Spec):
    """A limit that follows latency (Gradient2)."""

    kind: Literal["adaptive"]
    start: _Requests = 20
    least: _Requests = 20
    most: _Requests = 200
    queue: _Requests = 4
    smoothing: Annotated[Number, Field(gt=0.0, le=1.0)] = 0.2
    long_window: _Requests = 600
    window_s: Annotated[PositiveDuration, key("window")] = 1.0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.least <= self.start <= self.most:
            what = f"start of {self.start} does not lie between least ({self.least}) and most ({self.most})"
            raise as_validation_error([Problem(what=what, path=("start",))])
        return self


AdmissionAsked = Annotated[
    NoAdmissionAsked | InflightCapAsked | PriorityAsked | AdaptiveAsked, Field(discriminator="kind")
]
"""Any admission."""
