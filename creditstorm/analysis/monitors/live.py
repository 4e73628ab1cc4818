"""The monitors of a run under way: the answers as they come, the alarms as soon as the answers carry them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl
import pyarrow as pa
from creditstorm.analysis.frame import TECHNICAL
from creditstorm.analysis.monitors.cusum import Calibrate, calibrated
from creditstorm.analysis.monitors.race import CalmSeconds, Flagged, Race
from creditstorm.credit.truth import Eligibility

_ADDED: Final = (
    (pl.col("truth") == Eligibility.ELIGIBLE.value).alias("eligible"),
    pl.col("reason").is_in(list(TECHNICAL)).fill_null(value=False).alias("technical"),
)
"""What analysis adds to a raw row."""


@dataclass(frozen=True, slots=True)
class AlarmTold:
    """A monitor raises its alarm at the end of a second, or takes it back at `ended_s`."""

    monitor: str
    raised_s: float
    ended_s: float | None = None


@dataclass(slots=True)
class LiveRace:
    """What `Race` says of a record, said second by second: the first fault, or a minute of calm, begins it."""

    names: Sequence[str]
    warm_up_s: float
    ends_s: float
    calibrate: Calibrate = calibrated
    first_fault_s: float = math.inf
    _race: Race = field(init=False)
    _answers: list[pa.RecordBatch] = field(default_factory=list)
    _complaints: list[pa.RecordBatch] = field(default_factory=list)
    _waiting: list[Flagged] = field(default_factory=list)
    _seconds: int = 0
    _knows: bool = False

    def __post_init__(self) -> None:
        self._race = Race(self.names, self.calibrate)

    def fault(self, t_s: float) -> None:
        """A fault changes its state, and what comes is no calm any more."""
        self.first_fault_s = min(self.first_fault_s, t_s)

    def take(
        self, batches: Sequence[pa.RecordBatch], kept_s: float, complaints: Sequence[pa.RecordBatch] = ()
    ) -> Iterator[AlarmTold]:
        """Rows that came since the last call; all from before `kept_s` are among those so far."""
        self._answers += (batch for batch in batches if batch.num_rows)
        self._complaints += (batch for batch in complaints if batch.num_rows)
        calm = CalmSeconds.of(self.warm_up_s, min(self.first_fault_s, self.ends_s))
        if not self._knows and kept_s < calm.end:
            return  # until calm is known nobody asks what came
        sights = self._fresh()
        if not self._knows:
            self._knows = True
            self._race.learn(sights, calm)
        self._waiting += map(self._race.flagged, sights)
        over = math.floor(kept_s) if math.isfinite(kept_s) else self._last_second() + 1
        if over > self._seconds:
            yield from self._over(over, calm.begin)

    def _fresh(self) -> list[pl.DataFrame]:
        """What came and was not looked at yet, as the monitors see it."""
        sights = []
        if self._answers:
            sights.append(self._race.sighted(_frame(self._answers).with_columns(_ADDED)))
        if self._complaints:
            sights.append(self._race.complained(_frame(self._complaints)))
        self._answers, self._complaints = [], []
        return sights

    def _over(self, over: int, begin: int) -> Iterator[AlarmTold]:
        parts = [part.split(over) for part in self._waiting]
        self._waiting = [later for _, later in parts if len(later.second)]
        counts = self._race.counted((early for early, _ in parts), self._seconds, over)
        self._seconds = over
        for name, alarm in self._race.take(counts):
            if alarm.raised >= begin:
                yield AlarmTold(name, alarm.raised + 1.0, None if alarm.ended is None else alarm.ended + 1.0)

    def _last_second(self) -> int:
        return max((int(part.second.max()) for part in self._waiting if len(part.second)), default=self._seconds - 1)


def raw_columns(names: Sequence[str]) -> tuple[str, ...]:
    """The columns of a raw row that these monitors need."""
    derived = {"eligible", "technical"}
    return ("sent_s", "done_s", "truth", "reason", *sorted(set(Race(names).columns) - derived))


def _frame(batches: Sequence[pa.RecordBatch]) -> pl.DataFrame:
    rows = pl.from_arrow(pa.Table.from_batches(batches))
    assert isinstance(rows, pl.DataFrame)  # noqa: S101 - a table never becomes a series
    return rows
