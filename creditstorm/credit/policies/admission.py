"""The admission axis: who is let in under load."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from creditstorm.language.problems import Problem, as_validation_error
from creditstorm.language.quantities import Count, Number, PositiveDuration, Share, Spec, key

_Requests = Annotated[Count, Field(ge=1, le=100_000)]


class NoAdmission(Spec):
    """Every request is let in."""

    kind: Literal["none"] = "none"


class InflightCap(Spec):
    """At most `limit` requests at a time; the others are told to come back."""

    kind: Literal["inflight_cap"] = "inflight_cap"
    limit: _Requests = 160


class Priority(Spec):
    """At most `limit` requests at a time, of which the share `reserved` is kept for micro businesses."""

    kind: Literal["priority"] = "priority"
    limit: _Requests = 160
    reserved: Annotated[Share, Field(lt=1.0)] = 0.2


class Adaptive(Spec):
    """A limit that follows latency: Gradient2 of Netflix's concurrency-limits, with its published defaults.

    It grows by `smoothing` · `queue` = 0.8 a window of `window_s`, so a run of a minute that needs more than 20 at a
    time is shed from its beginning unless `start` is given.
    """

    kind: Literal["adaptive"] = "adaptive"
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


Admission = Annotated[NoAdmission | InflightCap | Priority | Adaptive, Field(discriminator="kind")]
