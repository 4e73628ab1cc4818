"""The transport axis: how a service is asked."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from creditstorm.language.problems import Problem, as_validation_error
from creditstorm.language.quantities import Count, Number, PositiveDuration, Rate, Share, Spec, key

_Tries = Annotated[Count, Field(ge=2, le=10)]
_Calls = Annotated[Count, Field(ge=1, le=100_000)]


class Single(Spec):
    """One try a service, within the deadline."""

    kind: Literal["single"] = "single"


class Retry(Spec):
    """Up to `tries` tries a service, each given up after `per_try_s` (None: an equal share of the time there is).

    Before try n it waits U(0, min(`backoff_most_s`, `backoff_s` · 2^(n−1))).
    """

    kind: Literal["retry"] = "retry"
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


class RetryBudget(Retry):
    """Retries as far as a bucket a service has tokens: `ratio` a request, `min_hz` a second, at most `burst` saved up.

    20 % is the default of Envoy (`retry_budget.budget_percent`) and of Finagle's RetryBudget. 3 is Envoy's
    `min_retry_concurrency`, a number of retries at a time there and a rate here. 30 tokens are 10 s of that rate,
    the life of a token in Finagle.
    """

    kind: Literal["retry_budget"] = "retry_budget"  # type: ignore[assignment]
    tries: _Tries = 2
    ratio: Share = 0.2
    min_hz: Annotated[Rate, key("min_rate")] = 3.0
    burst: Annotated[Count, Field(ge=1, le=10_000)] = 30


class Hedge(Spec):
    """A second try where the first takes longer than the measured `quantile` of its service; the first answer counts.

    The quantile is that of the last `window` calls, at least `floor_s`, and unknown for the first `warm_up` calls.
    Second tries are at most the share `extra` of the calls. p95 and about 5 % more calls: Dean and Barroso,
    "The Tail at Scale", CACM 2013.
    """

    kind: Literal["hedge"] = "hedge"
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


class Breaker(Spec):
    """One try a service, and none for `open_s` after `threshold` failures in a row."""

    kind: Literal["breaker"] = "breaker"
    threshold: Annotated[Count, Field(ge=1, le=1000)] = 5
    open_s: Annotated[PositiveDuration, key("open")] = 5.0


Transport = Annotated[Single | Retry | RetryBudget | Hedge | Breaker, Field(discriminator="kind")]
