"""The monitors of one run, each calibrated on the run's own calm: a whole record and a run under way alike."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.monitors.cusum import (
    Alarm,
    Calibrate,
    Cusum,
    RunningSum,
    Usual,
    calibrated,
    rate_on_grid,
    share_on_grid,
)
from creditstorm.analysis.monitors.kinds import COMPLAINT, SLOW, Monitor, monitors_by_name
from creditstorm.analysis.statistics.intervals import rank, upper_bound

ODDS: Final = 1.5
"""A share has risen that is higher than calm's by its monitor's `rise`, or by so many times the odds if more."""
WITHIN_S: Final = 60.0
"""Where such a rise takes longer to be noticed, the monitor says that the rate does not carry it."""
CALM_S: Final = 60
"""Calm is known from its first seconds alone, so that a run under way knows it too, and its rest tells false alarms."""

SURE_S: Final = 30
SHORT: Final = "knows only {} s of calm: by fewer than 30 s up to 4 false alarms in 100,000 s are expected"
"""At 20 people/s, over all that so short a stretch may have of bad answers, each as likely as it is: complaints 3.9 by
10 s and 3.1 by 15 s, declines 1.8 and 1.0 (`benchmarks/false_alarms.py`; `docs/coverage.md` has all)."""


_OF_ALL: Final = (SLOW.meta.output_name(), COMPLAINT.meta.output_name())
_KINDS: Final = {
    "attempt": pl.Int16,
    "limit_cny": pl.Int32,
    **dict.fromkeys((*_OF_ALL, "eligible", "technical"), pl.Boolean),
}
"""Columns that hold no words."""
RowKind = tuple[object, ...]
"""All that a monitor may know of a row: whether it was slow, whether it is a complaint, and the columns of a race."""


@dataclass(frozen=True, slots=True)
class CalmSeconds:
    """The whole seconds, `begin` to before `end`, from which a run knows what is usual."""

    begin: int
    end: int

    @classmethod
    def of(cls, warm_up_s: float, until_s: float) -> "CalmSeconds":
        """From the end of the warm-up on, until the first fault or the end, whichever is first; `CALM_S` at most."""
        begin = math.ceil(warm_up_s)
        return cls(begin, max(begin, math.floor(min(until_s, begin + CALM_S))))

    @property
    def seconds(self) -> int:
        """How many there are."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class BadPerSecond:
    """Answers that count, and bad ones among them, in each second of a run, by the instant of the answer."""

    bad: NDArray[np.int64]
    n: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Flagged:
    """Rows by their second; of each monitor in turn, whether a row is a bad one that counts, and whether it counts."""

    second: NDArray[np.int32]
    flags: Sequence[NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Learned:
    """What a monitor knows of calm; without `cusum` it is not enough to notice anything, and `note` says why."""

    cusum: Cusum | None
    note: str = ""


@dataclass(slots=True)
class Race:
    """The monitors of these names. First they learn what is usual, then they take one second after the other.

    Answers are frames with the columns of `sighted`. A second counts by the instant at which its answers came, as
    somebody who watches would see them. The same answers give the same alarms. An answer that took longer than
    `usual_s` is slow; `columns` are what the monitors look at beside that.
    """

    names: Sequence[str]
    calibrate: Calibrate = calibrated
    learned: dict[str, Learned] = field(default_factory=dict)
    usual_s: float = math.inf
    columns: Sequence[str] = ()
    _kinds: Mapping[str, Monitor] = field(default_factory=dict)
    _levels: dict[str, RunningSum] = field(default_factory=dict)
    _flags: Sequence[pl.Expr] = ()
    _sight: Sequence[pl.Expr] = ()

    def __post_init__(self) -> None:
        known = monitors_by_name()
        self._kinds = {name: known[name] for name in self.names}
        looked_at = {
            name for kind in self._kinds.values() for one in (kind.of, kind.bad) for name in one.meta.root_names()
        }
        self.columns = sorted(looked_at.difference(_OF_ALL))
        both = (expr for kind in self._kinds.values() for expr in (kind.of & kind.bad, kind.of))
        self._flags = [expr.fill_null(value=False).alias(str(place)) for place, expr in enumerate(both)]
        second = pl.col("done_s").floor().cast(pl.Int32).alias("second")
        spent = (pl.col("done_s") - pl.col("sent_s")).cast(pl.Float32).alias("spent")
        answer = pl.lit(value=False).alias(COMPLAINT.meta.output_name())
        self._sight = [second, spent, answer, *map(pl.col, self.columns)]

    def sighted(self, answers: pl.DataFrame) -> pl.DataFrame:
        """Each answer with its second, how long it took, and the columns that one of the monitors looks at."""
        return answers.filter(pl.col("done_s").is_not_null() & pl.col("sent_s").is_not_null()).select(self._sight)

    def complained(self, complaints: pl.DataFrame) -> pl.DataFrame:
        """The same of complaints, each counted in the second in which it is made; they are of no answer's length."""
        second = pl.col("t_s").floor().cast(pl.Int32).alias("second")
        nothing = [pl.lit(None, _KINDS.get(name, pl.String)).alias(name) for name in self.columns]
        complaint = pl.lit(value=True).alias(COMPLAINT.meta.output_name())
        return complaints.select(second, pl.lit(None, pl.Float32).alias("spent"), complaint, *nothing)

    def learn(self, sights: Iterable[pl.DataFrame], calm: CalmSeconds) -> None:
        """Know what is usual by the answers in these seconds."""
        inside = pl.col("second").is_between(calm.begin, calm.end, closed="left")
        parts = [part.filter(inside) for part in sights]
        self.usual_s = usual_of([part["spent"].drop_nulls().to_numpy() for part in parts])
        self.know(self.counted(map(self.flagged, parts), calm.begin, calm.end))

    def know(self, calm: Mapping[str, BadPerSecond]) -> None:
        """The same by what each monitor counted in calm."""
        for name, counts in calm.items():
            self.learned[name] = learned(self._kinds[name], counts, self.calibrate)
            if (cusum := self.learned[name].cusum) is not None:
                self._levels[name] = RunningSum(cusum)

    def flagged(self, sight: pl.DataFrame) -> Flagged:
        """Which of these rows each monitor counts, and which of them are bad."""
        slow = (pl.col("spent") > self.usual_s).alias(SLOW.meta.output_name())
        flags = sight.with_columns(slow).select(self._flags)
        return Flagged(sight["second"].to_numpy(), [flag.to_numpy() for flag in flags])

    def flags_of(self, kinds: Sequence[RowKind]) -> list[tuple[int, ...]]:
        """Of each kind of row the places at which it counts: two a monitor in turn, as `Flagged` has them."""
        schema = {name: _KINDS.get(name, pl.String) for name in (*_OF_ALL, *self.columns)}
        flags = pl.DataFrame(kinds, schema, orient="row").select(self._flags)
        return [tuple(np.flatnonzero(row).tolist()) for row in flags.to_numpy()]

    def counted(self, parts: Iterable[Flagged], begin: int, end: int) -> dict[str, BadPerSecond]:
        """What each monitor counts in the seconds from `begin` until before `end`."""
        table = np.zeros((2 * len(self._kinds), max(0, end - begin)), dtype=np.int64)
        for part in parts:
            inside = (part.second >= begin) & (part.second < end)
            for place, flag in enumerate(part.flags):
                table[place] += np.bincount(part.second[inside & flag] - begin, minlength=table.shape[1])
        return self.by_name(table)

    def by_name(self, table: NDArray[np.int64]) -> dict[str, BadPerSecond]:
        """The rows of a table of seconds, two a monitor as its flags are, by its name."""
        return {name: BadPerSecond(*table[2 * place : 2 * place + 2]) for place, name in enumerate(self._kinds)}

    def take(self, counts: Mapping[str, BadPerSecond]) -> list[tuple[str, Alarm]]:
        """The seconds that follow those so far, from 0 on: each alarm when it is raised, and again when it is over."""
        return [
            (name, alarm)
            for name, level in self._levels.items()
            for alarm in level.take(counts[name].bad, counts[name].n)
        ]

    def add(self, counts: Sequence[int]) -> Iterator[tuple[str, Alarm]]:
        """The same of one second more, by what each monitor in turn counts: the bad ones, and all."""
        for place, name in enumerate(self._kinds):
            level = self._levels.get(name)
            if level is not None and (alarm := level.add(counts[2 * place], counts[2 * place + 1])) is not None:
                yield name, alarm


def usual_of(spent: Sequence[NDArray[np.float32]]) -> float:
    """The length that 99 of 100 answers of calm were within; inf where there was none."""
    lengths = np.sort(np.concatenate([np.zeros(0, np.float32), *spent]))
    return float(lengths[rank(len(lengths), 0.99) - 1]) if len(lengths) else math.inf


def learned(kind: Monitor, calm: BadPerSecond, calibrate: Calibrate = calibrated) -> Learned:
    """What a monitor knows of its share by these seconds of calm."""
    bad, n = int(calm.bad.sum()), int(calm.n.sum())
    if n < kind.least_calm:
        return Learned(None, f"{n:,} answers in calm: {kind.least_calm} are needed to know what is usual")
    # By its upper bound: a calm level that was read too low would raise alarms for ever.
    usual = share_on_grid(upper_bound(bad, n))
    rise = risen(usual, kind.rise)
    if rise >= 1.0:
        return Learned(None, f"{bad / n:.1%} already in calm: there is nothing left to rise to")
    cusum = calibrate(Usual(usual, rise, rate_on_grid(n / len(calm.n))))
    notes = (_too_slow(cusum, n / len(calm.n)), SHORT.format(len(calm.n)) if len(calm.n) < SURE_S else "")
    return Learned(cusum, "; ".join(note for note in notes if note))


def risen(calm: float, by: float) -> float:
    """The share that counts as a rise `by` so much from this one; 1 where there is none."""
    if calm >= 1.0:
        return 1.0
    odds = ODDS * calm / (1.0 - calm)
    return min(1.0, max(calm + by, odds / (1.0 + odds)))


def _too_slow(cusum: Cusum, per_second: float) -> str:
    delay_s = cusum.typical_delay_s(per_second)
    if delay_s <= WITHIN_S:
        return ""
    rise = f"from {cusum.calm:.1%} to {cusum.risen:.1%}"
    return f"at {per_second:.3g} answers a second a rise {rise} takes about {delay_s:.0f} s to be noticed"
