"""The transport axis: how a service is asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """One try a service, within the deadline."""

    kind: str = "single"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Up to `tries` tries a service, each given up after `per_try_s` (None: an equal share of the time there is).

    Before try n it waits U(0, min(`backoff_most_s`, `backoff_s` · 2^(n−1))).
    """

    kind: str = "retry"
    tries: int = 3
    per_try_s: float | None = None
    backoff_s: float = 0.05
    backoff_most_s: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryBudget:
    """Retries as far as a bucket a service has tokens: `ratio` a request, `min_hz` a second, at most `burst` saved up.

    20 % is the default of Envoy (`retry_budget.budget_percent`) and of Finagle's RetryBudget. 3 is Envoy's
    `min_retry_concurrency`, a number of retries at a time there and a rate here. 30 tokens are 10 s of that rate,
    the life of a token in Finagle.
    """

    kind: str = "retry_budget"
    tries: int = 2
    per_try_s: float | None = None
    backoff_s: float = 0.05
    backoff_most_s: float = 0.5
    ratio: float = 0.2
    min_hz: float = 3.0
    burst: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """A second try where the first takes longer than the measured `quantile` of its service; the first answer counts.

    The quantile is that of the last `window` calls, at least `floor_s`, and unknown for the first `warm_up` calls.
    Second tries are at most the share `extra` of the calls. p95 and about 5 % more calls: Dean and Barroso,
    "The Tail at Scale", CACM 2013.
    """

    kind: str = "hedge"
    quantile: float = 0.95
    floor_s: float = 0.01
    warm_up: int = 100
    window: int = 500
    extra: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """One try a service, and none for `open_s` after `threshold` failures in a row."""

    kind: str = "breaker"
    threshold: int = 5
    open_s: float = 5.0


Transport = Single | Retry | RetryBudget | Hedge | Breaker
