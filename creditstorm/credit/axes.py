"""The values of the five axes of a policy, and of its quality gate: small frozen types with a `kind`.

A plug-in point is one class and one line in the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from creditstorm.credit.quality import Quality, QualityGate, Trusting
from creditstorm.credit.rollouts import Canary, Direct, Hysteresis, Mixed, Pinned, Rollout

_DAY_S: Final = 86_400.0

DEFAULT_TTL_S: Final[dict[str, float]] = {
    "identity": 30 * _DAY_S,
    "repayment": 1 * _DAY_S,
    "consumption": 7 * _DAY_S,
    "bureau": 30 * _DAY_S,
    "income": 90 * _DAY_S,
    "social": 30 * _DAY_S,
    "scoring": 1 * _DAY_S,
}
"""How old a last known good value may be, in seconds, per service; one that is not named is never served stale."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FailClosed:
    """Missing evidence means no credit: the bug."""

    kind: str = "fail_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroFill:
    """A missing number becomes 0, which the scorecard reads as its lowest bin, `clip_sd` sd below the mean: a bug."""

    kind: str = "zero_fill"
    clip_sd: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstBin:
    """A missing characteristic falls into the bin of "no record", an adverse fact."""

    kind: str = "worst_bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialScore:
    """Decide by the conditional expectation of the score, however little is known."""

    kind: str = "partial_score"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastKnownGood:
    """Missing evidence is replaced by the last good value of the person, up to a time to live per source.

    `otherwise` is the rule that decides, on old values as on fresh ones: `fail_closed`, or `tri_state` with its `z`.
    `store` is the URL of the Redis that keeps the values; None: they are kept in the decision service itself.
    """

    kind: str = "last_known_good"
    ttl_s: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_TTL_S))
    otherwise: str = "fail_closed"
    z: float = 1.645
    store: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriState:
    """Approve or deny only where mean ± z · sd of the score is clear of the cut-off, otherwise undetermined."""

    kind: str = "tri_state"
    z: float = 1.645


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWords:
    """The person is told approved or no credit, nothing between."""

    kind: str = "two_words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Honest:
    """The person may be told undetermined, with the cause, the next step and when to look again."""

    kind: str = "honest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Honest words, and an undetermined answer is decided again when what it lacked is back; the person is notified.

    At most `share` of the measured capacity goes into it, for at most `within_s` a person; at most `most` people wait.
    """

    kind: str = "push"
    share: float = 0.2
    within_s: float = 600.0
    most: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAdmission:
    """Every request is let in."""

    kind: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class InflightCap:
    """At most `limit` requests at a time; the others are told to come back."""

    kind: str = "inflight_cap"
    limit: int = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """At most `limit` requests at a time, of which the share `reserved` is kept for micro businesses."""

    kind: str = "priority"
    limit: int = 160
    reserved: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptive:
    """A limit that follows latency: Gradient2 of Netflix's concurrency-limits, with its published defaults.

    It grows by `smoothing` · `queue` = 0.8 a window of `window_s`, so a run of a minute that needs more than 20 at a
    time is shed from its beginning unless `start` is given.
    """

    kind: str = "adaptive"
    start: int = 20
    least: int = 20
    most: int = 200
    queue: int = 4
    smoothing: float = 0.2
    long_window: int = 600
    window_s: float = 1.0


Transport = Single | Retry | RetryBudget | Hedge | Breaker
Missing = FailClosed | ZeroFill | WorstBin | LastKnownGood | PartialScore | TriState
Vocabulary = TwoWords | Honest | Push
Admission = NoAdmission | InflightCap | Priority | Adaptive
Axis = Transport | Missing | Vocabulary | Admission | Rollout | Quality

_VALUES: Final[dict[str, tuple[type[Axis], ...]]] = {
    "transport": (Single, Retry, RetryBudget, Hedge, Breaker),
    "missing": (FailClosed, ZeroFill, WorstBin, LastKnownGood, PartialScore, TriState),
    "answer": (TwoWords, Honest, Push),
    "admission": (NoAdmission, InflightCap, Priority, Adaptive),
    "rollout": (Direct, Pinned, Canary, Hysteresis, Mixed),
    "quality": (Trusting, QualityGate),
}
AXES: Final = {axis: {value().kind: value for value in values} for axis, values in _VALUES.items()}
"""Every value of every axis, and of the quality gate beside them, by kind."""
