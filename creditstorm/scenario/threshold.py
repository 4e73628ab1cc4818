"""A threshold: a rule on a metric, and the words a rule may use, each resolved once to a value of its own type."""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from creditstorm.credit import File, Outcome, Segment


class Unit(StrEnum):
    """What a metric is measured in."""

    SHARE = "share"
    SECONDS = "s"
    NUMBER = ""


class ScopeKind(StrEnum):
    """What part of a run a rule may be about."""

    WINDOW = "window"
    PHASE = "phase"
    SEGMENT = "segment"
    FILE = "file"
    MONITOR = "monitor"


class Phase(StrEnum):
    """The part of the run, each arrival in exactly one; `edge` is the guard band of a fault."""

    WARM_UP = "warm_up"
    CALM = "calm"
    FAULT = "fault"
    EDGE = "edge"
    BETWEEN = "between"
    RECOVERY = "recovery"


GUARD_S: Final = 0.25
"""How far on each side of a mark an arrival counts in no window and no phase but `edge`."""


class Variant(StrEnum):
    """What a rate counts: people (once each), every request, or the first or final request of a session."""

    PEOPLE = "people"
    REQUESTS = "requests"
    FIRST = "first"
    FINAL = "final"


class Operator(StrEnum):
    """How a figure is held against its bound."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


COMPARISONS: Final[dict[str, Callable[[float, float], bool]]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}
"""Whether a figure, then its bound, satisfy a rule with this operator."""


class OnNoData(StrEnum):
    """What a rule says where nothing was measured."""

    INCONCLUSIVE = "inconclusive"
    FAIL = "fail"


class Whole(StrEnum):
    """One figure of all values."""

    MEAN = "avg"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Quantile:
    """The value that the share `q` of all values does not exceed: ``p(99)`` is 0.99."""

    q: float


Aggregation = Quantile | Whole
"""How the values of a metric become one figure."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the run by its kind and name, such as the window of the fault ``bureau``."""

    kind: ScopeKind
    name: str


@dataclass(frozen=True, slots=True)
class Rate:
    """Answers with one of `outcomes` among the arrivals of the eligible, or of the ineligible."""

    outcomes: frozenset[Outcome]
    of_eligible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What may be said about one metric: its unit, default variant, scopes, whether it needs an aggregation.

    `rate` is what it counts, where it is a rate; `least` is the smallest value that any data can give; `counts` what
    its n is a number of, where no variant says so. One that is `scoped` means nothing without a scope.
    """

    unit: Unit
    variant: Variant | None = None
    scopes: tuple[ScopeKind, ...] = ()
    aggregated: bool = False
    rate: Rate | None = None
    least: float = 0.0
    counts: str = "requests"
    scoped: bool = False

    @property
    def most(self) -> float:
        """The largest value that any data can give."""
        return 1.0 if self.unit is Unit.SHARE else math.inf

    @property
    def range_in_words(self) -> str:
        """From the least to the most, as a person writes them."""
        return "0 % to 100 %" if self.unit is Unit.SHARE else f"{self.least:g} {self.unit}".rstrip() + " up"

    def settled(self, op: Operator, bound: float) -> bool | None:
        """Whether a rule always or never holds, None where that is for the data to say."""
        holds = COMPARISONS[op]
        least, most = holds(self.least, bound), holds(self.most, bound)
        return least if least == most else None


STABLE: Final = "stable"
"""The word, in the place of a variant, for the default one judged by the strategy before any change."""
SCOPES: Final = (ScopeKind.WINDOW, ScopeKind.PHASE, ScopeKind.SEGMENT, ScopeKind.FILE)
"""Parts of a run that a figure of its requests may be about."""
PHASES: Final = tuple(phase.value for phase in Phase if phase is not Phase.EDGE)
SEGMENTS: Final = tuple(segment.value for segment in Segment)
FILES: Final = tuple(file.value for file in File)
VARIANTS: Final = (*(variant.value for variant in Variant), STABLE)
AGGREGATIONS: Final = ("p(N)", Whole.MEAN.value, Whole.MAX.value)
OPERATORS: Final = tuple(operator.value for operator in Operator)
ON_NO_DATA: Final = tuple(word.value for word in OnNoData)


def _rate(*outcomes: Outcome, variant: Variant = Variant.REQUESTS, of_eligible: bool = True) -> Metric:
    return Metric(unit=Unit.SHARE, variant=variant, scopes=SCOPES, rate=Rate(frozenset(outcomes), of_eligible))


METRICS: Final[dict[str, Metric]] = {
    "wrongful_no_credit_rate": _rate(Outcome.WRONGFUL_NO_CREDIT, variant=Variant.PEOPLE),
    "wrongful_approval_rate": _rate(Outcome.WRONGFUL_APPROVAL, variant=Variant.PEOPLE, of_eligible=False),
    "deferral_rate": _rate(Outcome.DEFERRED),
    "unavailability_rate": _rate(Outcome.UNAVAILABLE),
    "undecided_rate": _rate(Outcome.DEFERRED, Outcome.UNAVAILABLE),
    "decided_rightly_rate": _rate(Outcome.CORRECT),
    "wrong_reason_rate": _rate(Outcome.WRONG_REASON, of_eligible=False),
    "honest_reason_rate": Metric(unit=Unit.SHARE, scopes=SCOPES, counts="answers with a technical cause"),
    "answer_latency": Metric(unit=Unit.SECONDS, scopes=SCOPES, aggregated=True, counts="decisions"),
    "send_latency": Metric(unit=Unit.SECONDS, scopes=SCOPES, aggregated=True, counts="decisions"),
    "recovery_time": Metric(unit=Unit.SECONDS, scopes=(ScopeKind.WINDOW,), counts=""),
    "retap_amplification": Metric(unit=Unit.NUMBER, least=1.0, counts="sessions"),
    "unsent_share": Metric(unit=Unit.SHARE),
    "time_to_detection": Metric(unit=Unit.SECONDS, scopes=(ScopeKind.MONITOR,), counts="", scoped=True),
}
"""Every metric a threshold can be put on: another rate is one line here, another measure one more in the analysis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One rule: `metric[.variant][{scope: name}]` `[aggregation] op bound`; `bound` is in the unit.

    `stable` judges by the strategy before any change. `text` is the rule and `key` the metric as they were written.
    """

    metric: str
    variant: Variant | None
    stable: bool = False
    scope: Scope | None = None
    aggregation: Aggregation | None
    op: Operator
    bound: float
    unit: Unit
    text: str
    key: str
    min_samples: int | None = None
    on_no_data: OnNoData = OnNoData.INCONCLUSIVE

    @property
    def counts(self) -> str:
        """What the figure is of, such as people, requests or decisions."""
        match self.variant:
            case Variant.PEOPLE:
                return "people"
            case Variant.FIRST | Variant.FINAL:
                return f"{self.variant.value} requests"
        return METRICS[self.metric].counts
