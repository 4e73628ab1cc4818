"""The monitors of a run under way: the answers as they come, the alarms as soon as the answers carry them."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from creditstorm.analysis.frame import TECHNICAL
from creditstorm.analysis.monitors.cusum import Calibrate, calibrated
from creditstorm.analysis.monitors.race import CalmSeconds, Race, RowKind, usual_of
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
    _flags: dict[RowKind, tuple[int, ...]] = field(default_factory=dict)
    _seconds: dict[int, list[int]] = field(default_factory=dict)

    def learn(self, answers: Sequence[pa.RecordBatch], complaints: Sequence[pa.RecordBatch], calm: CalmSeconds) -> None:
        """Know what is usual by the rows in these seconds; all count that are given."""
        if answers:
            came = _came(answers)
            sent_s, done_s = _times(came)
            inside = (calm.begin <= done_s) & (done_s < calm.end)
            self.race.usual_s = usual_of([(done_s - sent_s).astype(np.float32)[inside]])
            self._answers(came)
        self.complaints(complaints)
        none = self._nothing()
        seconds = [self._seconds.get(second, none) for second in range(calm.begin, calm.end)]
        table = np.array(seconds, dtype=np.int64).reshape(-1, len(none)).T
        self.race.know(self.race.by_name(table))

    def answers(self, batches: Sequence[pa.RecordBatch]) -> None:
        """Count these raw answers, each in the second in which it came; what was never sent came in none."""
        if batches:
            self._answers(_came(batches))

    def complaints(self, batches: Sequence[pa.RecordBatch]) -> None:
        """Count these complaints, which are all of one kind."""
        kind = (None, True, *(None for _ in self.race.columns))
        for batch in batches:
            self._count(batch.column("t_s").to_numpy(), [kind] * batch.num_rows)

    def take(self, begin: int, end: int) -> Iterator[Sequence[int]]:
        """What the monitors count in each second from `begin` until before `end`, which are over."""
        none = self._nothing()
        return (self._seconds.pop(second, none) for second in range(begin, end))

    def last_second(self, unless: int) -> int:
        """The last second in which anything came that was not taken."""
        return max(self._seconds, default=unless)

    def _answers(self, came: pa.Table) -> None:
        sent_s, done_s = _times(came)
        slow = ((done_s - sent_s).astype(np.float32) > self.race.usual_s).tolist()
        words = (_words(name, came.column(_FROM.get(name, name))) for name in self.race.columns)
        self._count(done_s, list(zip(slow, [False] * len(slow), *words, strict=True)))

    def _count(self, at_s: NDArray[np.float64], kinds: Sequence[RowKind]) -> None:
        rows = Counter(zip(np.floor(at_s).astype(np.int64).tolist(), kinds, strict=True))
        self._ask_of({kind for _, kind in rows})
        for (second, kind), many in rows.items():
            sofar = self._seconds.setdefault(second, self._nothing())
            for place in self._flags[kind]:
                sofar[place] += many

    def _ask_of(self, kinds: set[RowKind]) -> None:
        """Put those to the monitors that they were not asked of yet."""
        if len(self._flags) + len(kinds) > MOST_KINDS:
            self._flags.clear()
        if fresh := kinds.difference(self._flags):
            # A question costs the same for few and for many; whatever comes in time comes late as well before long.
            fresh |= {(not slow, *others) for slow, *others in fresh if slow is not None}
            asked = sorted(fresh, key=repr)
            self._flags.update(zip(asked, self.race.flags_of(asked), strict=True))

    def _nothing(self) -> list[int]:
        return [0] * (2 * len(self.race.names))


@dataclass(slots=True)
class LiveRace:
    """What `Race` says of a record, said second by second: the first fault, or a minute of calm, begins it."""

    names: Sequence[str]
    warm_up_s: float
    ends_s: float
    calibrate: Calibrate = calibrated
    first_fault_s: float = math.inf
    _tally: RowTally = field(init=False)
    _seconds: int = 0
    _knows: bool = False

    def __post_init__(self) -> None:
        self._tally = RowTally(Race(self.names, self.calibrate))

    def fault(self, t_s: float) -> None:
        """A fault changes its state, and what comes is no calm any more."""
        self.first_fault_s = min(self.first_fault_s, t_s)

    def waits(self, kept_s: float) -> bool:
        """Whether calm is not over for it, where all rows from before `kept_s` are kept: it needs none until then."""
        return not self._knows and kept_s < self._calm.end

    def take(
        self, batches: Sequence[pa.RecordBatch], kept_s: float, complaints: Sequence[pa.RecordBatch] = ()
    ) -> Iterator[AlarmTold]:
        """Rows that came since the last call, all from before `kept_s` being among those so far; it waits no more."""
        if self._knows:
            self._tally.answers(batches)
            self._tally.complaints(complaints)
        else:
            self._knows = True
            self._tally.learn(batches, complaints, self._calm)
        over = math.floor(kept_s) if math.isfinite(kept_s) else self._tally.last_second(self._seconds - 1) + 1
        if over > self._seconds:
            yield from self._over(over)

    @property
    def _calm(self) -> CalmSeconds:
        return CalmSeconds.of(self.warm_up_s, min(self.first_fault_s, self.ends_s))

    def _over(self, over: int) -> Iterator[AlarmTold]:
        counts = self._tally.take(self._seconds, over)
        self._seconds = over
        for name, alarm in chain.from_iterable(map(self._tally.race.add, counts)):
            if alarm.raised >= self._calm.begin:
                yield AlarmTold(name, alarm.raised + 1.0, None if alarm.ended is None else alarm.ended + 1.0)


def raw_columns(names: Sequence[str]) -> tuple[str, ...]:
    """The columns of a raw row that these monitors need."""
    return (*_TIMES, *sorted({_FROM.get(name, name) for name in Race(names).columns}))


def _came(batches: Sequence[pa.RecordBatch]) -> pa.Table:
    """Those of the answers that were sent and came."""
    table = pa.Table.from_batches(batches)
    there = [table.column(name).is_valid() for name in _TIMES if table.column(name).null_count]
    return table.filter(pc.and_(*there)) if len(there) > 1 else table.filter(there[0]) if there else table


def _times(came: pa.Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sent_s, done_s = (came.column(name).to_numpy() for name in _TIMES)
    return sent_s, done_s


def _words(name: str, column: pa.ChunkedArray) -> list[object]:
    """A column that monitors look at, as Python has it."""
    plain = column.to_pylist()
    if name == "eligible":
        return [None if word is None else word == Eligibility.ELIGIBLE.value for word in plain]
    return [word in TECHNICAL for word in plain] if name == "technical" else list(plain)
