"""The numbers of a run under way as Prometheus wants them: answers, their time, faults, alarms."""

from collections import Counter
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from creditstorm.credit import DISCLOSURES, SERVICES, Reason
from creditstorm.engine import events
from creditstorm.generator.recorder import ALL_KEPT_S
from creditstorm.record.folder import LiveFolder
from creditstorm.record.stream import StreamTails

DURATIONS_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0)
AGES_S: Final = (1.0, 60.0, 3600.0, 86_400.0, 604_800.0)
"""Bounds as the decision service has them, so that the two can be laid over each other."""
READ_EVERY_S: Final = 1.0
_FAMILIES: Final = {reason.value: DISCLOSURES[reason].family for reason in Reason}
_WORDS: Final = ("answer", "outcome", "reason", "attempt")
_COLUMNS: Final = ("sent_s", "done_s", *_WORDS, *(f"{service}_age_s" for service in SERVICES))


class Histogram:
    """How many values lie at or below each bound, and their sum; a value that is no number is none."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = np.zeros(len(bounds) + 1, dtype=np.int64)
        self._sum = 0.0

    def add(self, column: pa.ChunkedArray) -> None:
        """These values more; nulls are passed over."""
        values = column.drop_null().to_numpy()
        values = values[np.isfinite(values)]
        self._counts += np.bincount(np.searchsorted(self._bounds, values), minlength=len(self._counts))
        self._sum += float(values.sum())

    @property
    def empty(self) -> bool:
        """Whether there was no value yet."""
        return not self._counts.any()

    def add_to(self, family: HistogramMetricFamily, *labels: str) -> None:
        """One more series of this metric."""
        names = (*map(str, self._bounds), "+Inf")
        buckets = zip(names, np.cumsum(self._counts).tolist(), strict=True)
        family.add_metric(labels, [*buckets], self._sum)


class StormCollector(Collector):
    """Hears the events of a run and, once a second, reads the rows that came since; a scrape finds plain numbers.

    `about` are the labels of `creditstorm_run_info`. The rows are those that the monitors watch.
    """

    def __init__(self, live: LiveFolder, about: Mapping[str, str]) -> None:
        self._live = live
        self._about = dict(about)
        self._lock = Lock()
        self._tails = StreamTails()
        self._next_s = 0.0
        self._progress = events.Progress(t_s=0.0, intended=0, answered=0, wrongful=0, in_flight=0, kept_s=0.0)
        self._answers: Counter[tuple[str, str, str, str]] = Counter()
        self._spent = Histogram(DURATIONS_S)
        self._ages = {service: Histogram(AGES_S) for service in SERVICES}
        self._complaints = 0
        self._stalls = 0
        self._faults: dict[tuple[str, str, str], bool] = {}
        self._alarms: Counter[str] = Counter()
        self._alarmed: dict[str, bool] = {}

    def take(self, event: events.Event) -> None:
        """Learn from one event."""
        with self._lock:
            match event:
                case events.Progress():
                    self._progress = event
                    self._read(event)
                case events.FaultApplied() | events.FaultCleared():
                    on = isinstance(event, events.FaultApplied)
                    self._faults[event.fault, event.kind, event.target] = on
                case events.AlarmRaised():
                    self._alarms[event.monitor] += 1
                    self._alarmed[event.monitor] = True
                case events.AlarmEnded():
                    self._alarmed[event.monitor] = False
                case events.HarnessStalled():
                    self._stalls += 1

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        with self._lock:
            yield from [*self._of_the_run(), *self._of_answers(), *self._of_trouble()]

    def _read(self, now: events.Progress) -> None:
        if now.t_s < self._next_s and now.kept_s < ALL_KEPT_S:
            return
        self._next_s = now.t_s + READ_EVERY_S
        if batches := list(self._tails.batches(self._live.all_answers(), _COLUMNS)):
            self._count(pa.Table.from_batches(batches))
        self._complaints += sum(batch.num_rows for batch in self._tails.batches(self._live.all_complaints(), ("t_s",)))

    def _count(self, rows: pa.Table) -> None:
        for one in rows.group_by(list(_WORDS)).aggregate([([], "count_all")]).to_pylist():
            tried = "first" if one["attempt"] == 1 else "later"
            family = _FAMILIES.get(one["reason"], "")
            self._answers[one["answer"] or "", one["outcome"] or "", family, tried] += one["count_all"]
        self._spent.add(pc.subtract(rows["done_s"], rows["sent_s"]))
        for service, ages in self._ages.items():
            ages.add(rows[f"{service}_age_s"])

    def _of_the_run(self) -> Iterator[Metric]:
        yield InfoMetricFamily("creditstorm_run", "What is stormed, and how.", self._about)
        now = self._progress
        yield CounterMetricFamily("creditstorm_taps", "Taps that were due, re-taps included.", now.intended)
        yield GaugeMetricFamily("creditstorm_taps_in_flight", "Taps that wait for an answer now.", now.in_flight)

    def _of_answers(self) -> Iterator[Metric]:
        labels = ["answer", "outcome", "family", "attempt"]
        answers = CounterMetricFamily("creditstorm_answers", "Answers, and what the truth says of them.", labels=labels)
        for values, count in sorted(self._answers.items()):
            answers.add_metric(values, count)
        yield answers
        spent = HistogramMetricFamily("creditstorm_answer_duration_seconds", "How long people waited for an answer.")
        self._spent.add_to(spent)
        yield spent
        name, text = "creditstorm_answer_evidence_age_seconds", "How old the evidence was that was decided on."
        age = HistogramMetricFamily(name, text, labels=["source"])
        for service, ages in self._ages.items():
            if not ages.empty:
                ages.add_to(age, service)
        yield age
        yield CounterMetricFamily("creditstorm_complaints", "Complaints that people made.", self._complaints)

    def _of_trouble(self) -> Iterator[Metric]:
        faults = GaugeMetricFamily(
            "creditstorm_fault_active", "1 while a fault is on.", labels=["fault", "kind", "target"]
        )
        for values, on in sorted(self._faults.items()):
            faults.add_metric(values, on)
        yield faults
        active = GaugeMetricFamily("creditstorm_alarm_active", "1 while a monitor's alarm is on.", labels=["monitor"])
        raised = CounterMetricFamily("creditstorm_alarms", "Alarms that a monitor raised.", labels=["monitor"])
        for monitor, on in sorted(self._alarmed.items()):
            active.add_metric([monitor], on)
            raised.add_metric([monitor], self._alarms[monitor])
        yield active
        yield raised
        yield CounterMetricFamily("creditstorm_harness_stalls", "Times that the harness stood still.", self._stalls)
