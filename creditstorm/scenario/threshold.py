"""A threshold: a rule on a metric, and the words a rule may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from creditstorm.credit.applicants import File, Segment

SCOPES: Final = ("window", "phase", "segment", "file")
PHASES: Final = ("warm_up", "calm", "fault", "between", "recovery")
SEGMENTS: Final = tuple(segment.value for segment in Segment)
FILES: Final = tuple(file.value for file in File)
VARIANTS: Final = ("people", "requests", "first", "final", "stable")
AGGREGATIONS: Final = ("p(N)", "avg", "max")
OPERATORS: Final = ("<", "<=", ">", ">=")
ON_NO_DATA: Final = ("inconclusive", "fail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What may be said about one metric: its unit, default variant, scopes, and whether it needs an aggregation."""

    unit: str
    variant: str | None = None
    scopes: tuple[str, ...] = ()
    aggregated: bool = False


METRICS: Final[dict[str, Metric]] = {
    "wrongful_no_credit_rate": Metric(unit="share", variant="people", scopes=SCOPES),
    "wrongful_approval_rate": Metric(unit="share", variant="people", scopes=SCOPES),
    "deferral_rate": Metric(unit="share", variant="requests", scopes=SCOPES),
    "unavailability_rate": Metric(unit="share", variant="requests", scopes=SCOPES),
    "wrong_reason_rate": Metric(unit="share", variant="requests", scopes=SCOPES),
    "honest_reason_rate": Metric(unit="share", scopes=SCOPES),
    "answer_latency": Metric(unit="s", scopes=SCOPES, aggregated=True),
    "send_latency": Metric(unit="s", scopes=SCOPES, aggregated=True),
    "recovery_time": Metric(unit="s", scopes=("window",)),
    "retap_amplification": Metric(unit=""),
    "unsent_share": Metric(unit="share"),
}
"""Every metric a threshold can be put on; another one is one line here and one in the analysis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One rule: `metric[.variant][{scope: name}]` `[aggregation] op bound`; `bound` is a share, seconds or a number.

    `text` is the rule and `key` the metric as they were written; `scope` has at most one entry.
    """

    metric: str
    variant: str | None
    scope: dict[str, str] = field(default_factory=dict)
    aggregation: str | None
    op: str
    bound: float
    unit: str
    text: str
    key: str
    min_samples: int | None = None
    on_no_data: str = "inconclusive"
