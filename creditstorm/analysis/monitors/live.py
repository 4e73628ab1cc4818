"""The monitors of a run under way: the answers as they come, the alarms as soon as the answers carry them."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from creditstorm.analysis.frame import TECHNICAL
from creditstorm.analysis.monitors.cusum import Calibrate, calibrated
from creditstorm.analysis.monitors.race import BadPerSecond, CalmSeconds, Race, RowKind, usual_of
from creditstorm.credit.truth import Eligibility

_FROM: Final = {"eligible": "truth", "technical": "reason"}
"""Columns that analysis adds to a raw row, and the one that each hangs on."""
_TIMES: Final = ("sent_s", "done_s")
MOST_KINDS: Final = 10_000
"""Kinds of rows that are remembered: a monitor of another package may look at amounts, which seldom come twice."""


@dataclass(frozen=True, slots=True)
class AlarmTold:
    """A monitor raises its alarm at the end of a second, or takes it back at `ended_s`."""

    monitor: str
    raised_s: float
    ended_s: float | None = None


@dataclass(slots=True)
class RowTally:
    """Counts, second by second, what the monitors of a race make of a few dozen rows at a time.

    What a monitor says of a row hangs on the words of that row and on whether it was slow. So each kind of row is put
    to the monitors once and counted from then on: a query for every second's rows would cost ten times as much.
    """

    race: Race
    _flags: dict[RowKind, NDArray[np.int64]] = field(default_factory=dict)
    _seconds: dict[int, NDArray[np.int64]] = field(default_factory=dict)

    def learn(self, answers: Sequence[pa.RecordBatch], complaints: Sequence[pa.RecordBatch], calm: CalmSeconds) -> None:
        """Know what is usual by the rows in these seconds; all count that are given."""
        came = [_came(batch) for batch in answers]
        inside = [(calm.begin <= done_s) & (done_s < calm.end) for _, done_s in map(_times, came)]
        self.race.usual_s = usual_of([_spent(batch)[there] for batch, there in zip(came, inside, strict=True)])
        self.answers(came)
        self.complaints(complaints)
        none = self._nothing()
        self.race.know(self._by_name([self._seconds.get(second, none) for second in range(calm.begin, calm.end)]))

    def answers(self, batches: Sequence[pa.RecordBatch]) -> None:
        """Count these raw answers, each in the second in which it came; what was never sent came in none."""
        self._count([(_times(batch)[1], self._kinds(batch)) for batch in map(_came, batches)])

    def complaints(self, batches: Sequence[pa.RecordBatch]) -> None:
        """Count these complaints, which are all of one kind."""
        kind = (None, True, *(None for _ in self.race.columns))
        self._count([(batch.column("t_s").to_numpy(), [kind] * batch.num_rows) for batch in batches])

    def take(self, begin: int, end: int) -> dict[str, BadPerSecond]:
        """What each monitor counts in the seconds from `begin` until before `end`, which are over."""
        none = self._nothing()
        return self._by_name([self._seconds.pop(second, none) for second in range(begin, end)])

    def last_second(self, unless: int) -> int:
        """The last second in which anything came that was not taken."""
        return max(self._seconds, default=unless)

    def _kinds(self, batch: pa.RecordBatch) -> list[RowKind]:
        slow = (_spent(batch) > self.race.usual_s).tolist()
        words = (_words(name, batch.column(_FROM.get(name, name))) for name in self.race.columns)
        return list(zip(slow, [False] * len(slow), *words, strict=True))

    def _count(self, parts: Sequence[tuple[NDArray[np.float64], Sequence[RowKind]]]) -> None:
        self._ask_of({kind for _, kinds in parts for kind in kinds})
        for at_s, kinds in parts:
            seconds = np.floor(at_s).astype(np.int64).tolist()
            for (second, kind), rows in Counter(zip(seconds, kinds, strict=True)).items():
                self._seconds[second] = self._seconds.get(second, 0) + rows * self._flags[kind]

    def _ask_of(self, kinds: set[RowKind]) -> None:
        """Put those to the monitors that they were not asked of yet."""
        if len(self._flags) + len(kinds) > MOST_KINDS:
            self._flags.clear()
        if fresh := sorted(kinds.difference(self._flags), key=repr):
            self._flags.update(zip(fresh, self.race.flags_of(fresh), strict=True))

    def _by_name(self, seconds: Sequence[NDArray[np.int64]]) -> dict[str, BadPerSecond]:
        return self.race.by_name(np.array(seconds, dtype=np.int64).reshape(-1, 2 * len(self.race.names)).T)

    def _nothing(self) -> NDArray[np.int64]:
        return np.zeros(2 * len(self.race.names), dtype=np.int64)


@dataclass(slots=True)
class LiveRace:
    """What `Race` says of a record, said second by second: the first fault, or a minute of calm, begins it."""

    names: Sequence[str]
    warm_up_s: float
    ends_s: float
    calibrate: Calibrate = calibrated
    first_fault_s: float = math.inf
    _tally: RowTally = field(init=False)
    _answers: list[pa.RecordBatch] = field(default_factory=list)
    _complaints: list[pa.RecordBatch] = field(default_factory=list)
    _seconds: int = 0
    _knows: bool = False

    def __post_init__(self) -> None:
        self._tally = RowTally(Race(self.names, self.calibrate))

    def fault(self, t_s: float) -> None:
        """A fault changes its state, and what comes is no calm any more."""
        self.first_fault_s = min(self.first_fault_s, t_s)

    def take(
        self, batches: Sequence[pa.RecordBatch], kept_s: float, complaints: Sequence[pa.RecordBatch] = ()
    ) -> Iterator[AlarmTold]:
        """Rows that came since the last call; all from before `kept_s` are among those so far."""
        calm = CalmSeconds.of(self.warm_up_s, min(self.first_fault_s, self.ends_s))
        if self._knows:
            self._tally.answers(batches)
            self._tally.complaints(complaints)
        else:
            self._answers += batches
            self._complaints += complaints
            if kept_s < calm.end:
                return  # until calm is known nobody asks what came
            self._knows = True
            self._tally.learn(self._answers, self._complaints, calm)
            self._answers, self._complaints = [], []
        over = math.floor(kept_s) if math.isfinite(kept_s) else self._tally.last_second(self._seconds - 1) + 1
        if over > self._seconds:
            yield from self._over(over, calm.begin)

    def _over(self, over: int, begin: int) -> Iterator[AlarmTold]:
        counts = self._tally.take(self._seconds, over)
        self._seconds = over
        for name, alarm in self._tally.race.take(counts):
            if alarm.raised >= begin:
                yield AlarmTold(name, alarm.raised + 1.0, None if alarm.ended is None else alarm.ended + 1.0)


def raw_columns(names: Sequence[str]) -> tuple[str, ...]:
    """The columns of a raw row that these monitors need."""
    return (*_TIMES, *sorted({_FROM.get(name, name) for name in Race(names).columns}))


def _came(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Those of the answers that were sent and came."""
    for column in map(batch.column, _TIMES):
        if column.null_count:
            return batch.filter(pc.and_(*(batch.column(name).is_valid() for name in _TIMES)))
    return batch


def _times(batch: pa.RecordBatch) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sent_s, done_s = (batch.column(name).to_numpy() for name in _TIMES)
    return sent_s, done_s


def _spent(batch: pa.RecordBatch) -> NDArray[np.float32]:
    sent_s, done_s = _times(batch)
    return (done_s - sent_s).astype(np.float32)


def _words(name: str, column: pa.Array) -> list[object]:
    """A column that monitors look at, as Python has it."""
    plain = column.to_pylist()
    if name == "eligible":
        return [None if word is None else word == Eligibility.ELIGIBLE.value for word in plain]
    return [word in TECHNICAL for word in plain] if name == "technical" else list(plain)
