"""What Prometheus is told of decisions: how each ended, how long it took, how old its evidence was."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from creditstorm.credit import DISCLOSURES, Decision, Evidence

DURATIONS_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0)
AGES_S: Final = (1.0, 60.0, 3600.0, 86_400.0, 604_800.0)


class Buckets:
    """How many values lay at or below each bound, and their sum."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        """One value more."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def cumulative(self) -> tuple[list[tuple[str, float]], float]:
        """The buckets as Prometheus wants them, and the sum."""
        total, found = 0, []
        for bound, count in zip((*self._bounds, float("inf")), self._counts, strict=True):
            total += count
            found.append(("+Inf" if bound == float("inf") else str(bound), float(total)))
        return found, self._sum


class DecisionCollector(Collector):
    """Counts decisions by the answer that was given (`outcome`) and the family of its reason.

    Kept as plain numbers and made into metrics when somebody asks, so that a decision pays a microsecond a number.
    """

    def __init__(self) -> None:
        self._decided: Counter[tuple[str, str]] = Counter()
        self._durations = Buckets(DURATIONS_S)
        self._ages: dict[str, Buckets] = {}

    def decided(self, decision: Decision, spent_s: float, evidence: Mapping[str, Evidence]) -> None:
        """One decision more."""
        self._decided[decision.answer, DISCLOSURES[decision.reason].family] += 1
        self._durations.add(spent_s)
        for service, one in evidence.items():
            if one.age_s is not None:
                if (ages := self._ages.get(service)) is None:
                    ages = self._ages[service] = Buckets(AGES_S)
                ages.add(one.age_s)

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        decided = CounterMetricFamily(
            "creditstorm_decisions", "Decisions by their answer.", labels=["outcome", "family"]
        )
        for labels, count in sorted(self._decided.items()):
            decided.add_metric(list(labels), count)
        yield decided
        spent = HistogramMetricFamily("creditstorm_decision_duration_seconds", "How long a decision took.")
        spent.add_metric([], *self._durations.cumulative())
        yield spent
        age = HistogramMetricFamily(
            "creditstorm_evidence_age_seconds", "How old the evidence was that was decided on.", labels=["source"]
        )
        for service, ages in sorted(self._ages.items()):
            age.add_metric([service], *ages.cumulative())
        yield age
