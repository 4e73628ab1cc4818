"""The monitors of a run under way: the answers as they come, the alarms as soon as the answers carry them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa
from creditstorm.analysis.frame import TECHNICAL
from creditstorm.analysis.monitors.race import CalmSeconds, Race
from creditstorm.credit.truth import Eligibility


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
    seed: int
    warm_up_s: float
    ends_s: float
    first_fault_s: float = math.inf
    _race: Race = field(init=False)
    _waiting: list[pl.DataFrame] = field(default_factory=list)
    _seconds: int = 0
    _knows: bool = False

    def __post_init__(self) -> None:
        self._race = Race(self.names, self.seed)

    def fault(self, t_s: float) -> None:
        """A fault changes its state, and what comes is no calm any more."""
        self.first_fault_s = min(self.first_fault_s, t_s)

    def take(
        self, batches: Sequence[pa.RecordBatch], kept_s: float, complaints: Sequence[pa.RecordBatch] = ()
    ) -> Iterator[AlarmTold]:
        """Rows that came since the last call; all from before `kept_s` are among those so far."""
        self._waiting += [self._race.sighted(_told(batch)) for batch in batches if batch.num_rows]
        self._waiting += [self._race.complained(_plain(batch)) for batch in complaints if batch.num_rows]
        over = math.floor(kept_s) if math.isfinite(kept_s) else self._last_second() + 1
        calm = CalmSeconds.of(self.warm_up_s, min(self.first_fault_s, self.ends_s))
        if not self._knows and (over >= calm.end or math.isinf(kept_s)):
            self._knows = True
            self._race.learn(self._waiting, calm)
        if self._knows and over > self._seconds:
            yield from self._over(over, calm.begin)

    def _over(self, over: int, begin: int) -> Iterator[AlarmTold]:
        done = pl.col("second") < over
        counts = self._race.counted([part.filter(done) for part in self._waiting], self._seconds, over)
        self._waiting = [rest for part in self._waiting if (rest := part.filter(~done)).height]
        self._seconds = over
        for name, alarm in self._race.take(counts):
            if alarm.raised >= begin:
                yield AlarmTold(name, alarm.raised + 1.0, None if alarm.ended is None else alarm.ended + 1.0)

    def _last_second(self) -> int:
        return max((int(part["second"].max()) for part in self._waiting if part.height), default=self._seconds - 1)  # type: ignore[arg-type]


def raw_columns(names: Sequence[str]) -> tuple[str, ...]:
    """The columns of a raw row that these monitors need."""
    derived = {"eligible", "technical"}
    return ("sent_s", "done_s", "truth", "reason", *sorted(set(Race(names, 0).columns) - derived))


def _plain(batch: pa.RecordBatch) -> pl.DataFrame:
    rows = pl.from_arrow(pa.Table.from_batches([batch]))
    assert isinstance(rows, pl.DataFrame)  # noqa: S101 - a table never becomes a series
    return rows


def _told(batch: pa.RecordBatch) -> pl.DataFrame:
    """Raw rows with what analysis adds to them: eligible, technical."""
    return _plain(batch).with_columns(
        eligible=pl.col("truth") == Eligibility.ELIGIBLE.value,
        technical=pl.col("reason").is_in(list(TECHNICAL)).fill_null(value=False),
    )
