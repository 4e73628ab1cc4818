"""The transports that a scenario may ask for."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from creditstorm.scenario.base import Count, Number, PositiveDuration, Rate, Share, Spec, key
from creditstorm.scenario.problems import Problem, as_validation_error

_Tries = Annotated[Count, Field(ge=2, le=10)]
_Calls = Annotated[Count, Field(ge=1, le=100_000)]


class SingleAsked(Spec):
    """One try."""

    kind: Literal["single"]


class RetryAsked(Spec):
    """Several tries; without `per_try` each gets an equal share of the time there is."""

    kind: Literal["retry"]
    tries: _Tries = 3
    per_try_s: Annotated[PositiveDuration | None, key("per_try")] = None
    backoff_s: Annotated[PositiveDuration, key("backoff")] = 0.05
    backoff_most_s: Annotated[PositiveDuration, key("backoff_most")] = 0.5

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.backoff_most_s < self.backoff_s:
            what = f"backoff_most of {self.backoff_most_s:g} s is shorter than backoff of {self.backoff_s:g} s"
            raise as_validation_error([Problem(what=what, path=("backoff_most",), remedy="give both")])
        return self


class RetryBudgetAsked(RetryAsked):
    """Several tries as far as a bucket of tokens allows."""

    kind: Literal["retry_budget"]  # type: ignore[assignment]
    tries: _Tries = 2
    ratio: Share = 0.2
    min_hz: Annotated[Rate, key("min_rate")] = 3.0
    burst: Annotated[Count, Field(ge=1, le=10_000)] = 30


class HedgeAsked(Spec):
    """A second try after a measured quantile."""

    kind: Literal["hedge"]
    quantile: Annotated[Number, Field(ge=0.5, le=0.999)] = 0.95
    floor_s: Annotated[PositiveDuration, key("floor")] = 0.01
    warm_up: _Calls = 100
    window: _Calls = 500
    extra: Share = 0.05

    @model_validator(mode="after")
    def _warms_up(self) -> Self:
        if self.warm_up > self.window:
            what = f"a window of {self.window} calls never holds the {self.warm_up} of the warm-up"
            remedy = "no call would ever be hedged: lengthen the window or shorten the warm-up"
            raise as_validation_error([Problem(what=what, path=("window",), remedy=remedy)])
        return self


class BreakerAsked(Spec):
    """A circuit breaker."""

    kind: Literal["breaker"]
    threshold: Annotated[int, Field(ge=1, le=1000, strict=True)] = 5
    open_s: Annotated[PositiveDuration, key("open")] = 5.0


TransportAsked = Annotated[
    SingleAsked | RetryAsked | RetryBudgetAsked | HedgeAsked | BreakerAsked, Field(discriminator="kind")
]
"""Any transport."""
