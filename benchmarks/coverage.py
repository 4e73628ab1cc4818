"""What the intervals hold: simulated runs whose true figure is known, and how often each interval has it.

`python -m benchmarks.coverage` prints the table of `docs/coverage.md`; a test holds the bounds with fewer runs.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from creditstorm.analysis.statistics.means import mean_estimate
from creditstorm.analysis.statistics.seconds import Counts, Level, Share, quantile_estimate
from creditstorm.analysis.summary import Estimate

RUNS = 400
PEAK_HZ = 80.0
Floats = NDArray[np.float64]
Both = tuple[Estimate, Estimate]
"""The interval that is shown and the one that gates, of one run."""


def counts(second: NDArray[np.int64], requests: Floats, wronged: Floats, length: int) -> Counts:
    """The counts of people: when each first asked, how often, and how many of that were wronged."""
    n, hits, squares = (np.bincount(second, some, length) for some in (requests, wronged, requests**2))
    asked = np.flatnonzero(n)
    return Counts(asked, np.zeros(len(asked), np.int64), hits[asked], n[asked], squares[asked])


def _both(share: Share) -> Both:
    return share.estimate(Level.SHOWN), share.estimate(Level.GATED)


def people(rng: np.random.Generator, length: int, p: float, *, rate: float = PEAK_HZ) -> Both:
    """People who ask once each, independent of one another."""
    second = rng.integers(0, length, rng.poisson(rate * length))
    hit = (rng.random(len(second)) < p).astype(np.float64)
    return _both(Share(counts(second, np.ones(len(second)), hit, length)))


def requests(rng: np.random.Generator, length: int, p: float, *, sticky: bool) -> Both:
    """Requests of people who ask 1 to 5 times; sticky ones are told the same each time."""
    second = rng.integers(0, length, rng.poisson(PEAK_HZ / 2 * length))
    asked = 1.0 + rng.binomial(4, 0.4, len(second))
    hit = asked * (rng.random(len(second)) < p) if sticky else rng.binomial(asked.astype(np.int64), p).astype(float)
    return _both(Share(counts(second, asked, hit, length)))


def again(rng: np.random.Generator, length: int, p: float) -> Both:
    """Requests where only who is wronged taps again, up to four times; `p` is of people."""
    second = rng.integers(0, length, rng.poisson(PEAK_HZ / 2 * length))
    hit = rng.random(len(second)) < p
    asked = np.where(hit, 1.0 + rng.binomial(4, 0.6, len(second)), 1.0)
    return _both(Share(counts(second, asked, asked * hit, length)))


def storm(rng: np.random.Generator, length: int, p: float) -> Both:
    """People of a run whose middle fifth is a fault that wrongs all who ask."""
    second = rng.integers(0, length, rng.poisson(PEAK_HZ * length))
    dark = (second >= 2 * length // 5) & (second < 3 * length // 5)
    one = counts(second, np.ones(len(second)), (dark | (rng.random(len(second)) < p)).astype(np.float64), length)
    stratum = np.searchsorted([2 * length // 5, 3 * length // 5], one.second, side="right")
    return _both(Share(Counts(one.second, stratum, one.hits, one.n, one.squares)))


def drifting(rng: np.random.Generator, length: int, p: float, *, sd: float) -> Both:
    """People whose log-odds drift from second to second as AR(1) with φ = .9."""
    steps = rng.normal(0.0, sd * np.sqrt(1 - 0.9**2), length)
    steps[0] = rng.normal(0.0, sd)
    odds = np.exp(np.log(p / (1 - p)) + lfilter([1.0], [1.0, -0.9], steps))
    n = rng.poisson(PEAK_HZ, length).astype(np.float64)
    hits = rng.binomial(n.astype(np.int64), odds / (1 + odds)).astype(np.float64)
    return _both(Share(Counts(np.arange(length), np.zeros(length, np.int64), hits, n, n)))


def queue(rng: np.random.Generator, length: int, q: float, *, busy: float, servers: int = 8) -> Both:
    """The quantile of the time in an M/M/8 queue."""
    arrivals, spent = _times(rng, length, busy, servers)
    ordered = np.sort(spent)
    share = _timed(arrivals, spent, spent <= np.quantile(spent, q, method="inverted_cdf"), length)
    return quantile_estimate(ordered, q, share, Level.SHOWN), quantile_estimate(ordered, q, share, Level.GATED)


def slower(rng: np.random.Generator, length: int, p: float, *, busy: float, servers: int = 8) -> Both:
    """The share `p` of times in an M/M/8 queue that are beyond their quantile, from which rules on it are judged."""
    arrivals, spent = _times(rng, length, busy, servers)
    return _both(_timed(arrivals, spent, spent >= _queue_truth(1.0 - p, busy, servers), length))


def mean_time(rng: np.random.Generator, length: int, _: float, *, busy: float, servers: int = 8) -> Both:
    """The mean time in an M/M/8 queue."""
    arrivals, spent = _times(rng, length, busy, servers)
    apart = spent - spent.mean()
    sums = _timed(arrivals, spent, spent, length)
    shown, gated = (mean_estimate(sums, float(apart @ apart), level) for level in (Level.SHOWN, Level.GATED))
    return shown, gated


def _timed(arrivals: Floats, spent: Floats, values: NDArray[np.generic], length: int) -> Share:
    second = arrivals.astype(np.int64)
    one = counts(second, np.ones(len(spent)), values.astype(np.float64), length)
    return Share(one, np.bincount(second, spent, length)[one.second] / one.n)


def _times(rng: np.random.Generator, length: int, busy: float, servers: int) -> tuple[Floats, Floats]:
    settling = 60
    arrivals = np.sort(rng.uniform(-settling, length, rng.poisson(PEAK_HZ * (length + settling))))
    work = rng.exponential(servers * busy / PEAK_HZ, len(arrivals))
    free = [float(-settling)] * servers
    done = np.empty(len(arrivals))
    for index, arrival in enumerate(arrivals):
        done[index] = max(free[0], arrival) + work[index]
        heapq.heapreplace(free, done[index])
    seen = arrivals >= 0
    return arrivals[seen], (done - arrivals)[seen]


def _mean_truth(busy: float, servers: int = 8) -> float:
    """The mean time in M/M/c: the work, and Erlang C's chance of a wait times its length."""
    load = servers * busy
    terms = np.cumprod([1.0, *(load / k for k in range(1, servers + 1))])
    tail = terms[-1] / (1 - busy)
    waits = tail / (terms[:-1].sum() + tail)
    return float(load / PEAK_HZ + waits * busy / ((1 - busy) * PEAK_HZ))


def _drift_truth(p: float, sd: float) -> float:
    x, w = np.polynomial.hermite_e.hermegauss(40)
    return float(w @ (1 / (1 + np.exp(-(np.log(p / (1 - p)) + sd * x)))) / w.sum())


@lru_cache
def _queue_truth(q: float, busy: float, servers: int = 8) -> float:
    """The quantile of the time in M/M/c: the wait is 0 or exponential (Erlang C), the work exponential."""
    load = servers * busy
    terms = np.cumprod([1.0, *(load / k for k in range(1, servers + 1))])
    tail = terms[-1] / (1 - busy)
    waits = tail / (terms[:-1].sum() + tail)
    work, drain = PEAK_HZ / load, (1 - busy) * PEAK_HZ / busy
    t = np.linspace(0.0, 20.0, 2_000_001)
    both = (drain * np.exp(-work * t) - work * np.exp(-drain * t)) / (drain - work)
    beyond = (1 - waits) * np.exp(-work * t) + waits * both
    return float(t[np.searchsorted(-beyond, -(1 - q))])


@dataclass(frozen=True)
class Cell:
    """A kind of run: its true figure, and the share of intervals that must hold it (in per cent)."""

    name: str
    draw: Callable[[np.random.Generator, int], Both]
    truth: float
    length: int = 60
    least: float = 93.0
    most: float = 100.0
    gated: bool = True


def _cell(name: str, draw: Callable[..., Both], p: float, truth: float | None = None, **more: float) -> Cell:
    of_draw = {key: more.pop(key) for key in ("rate", "sticky", "sd", "busy") if key in more}
    return Cell(name, lambda rng, length: partial(draw, **of_draw)(rng, length, p), truth or p, **more)  # type: ignore[arg-type]


_BUSY_P99 = _queue_truth(0.99, 0.9)
CELLS = (
    _cell("people, 5 %", people, 0.05, most=97.0),
    _cell("people, 50 %", people, 0.5, most=97.0),
    _cell("people, 0.5 %", people, 0.005, most=97.5),
    _cell("people, 5 %, 2 a second", people, 0.05, rate=2.0, most=99.0),
    _cell("people, 10 minutes", people, 0.05, length=600, most=97.0),
    _cell("people, a fault of 12 s that wrongs all", storm, 0.05, 0.8 * 0.05 + 0.2, most=97.0),
    _cell("requests, independent", requests, 0.05, sticky=False, most=97.0),
    _cell("requests, sticky people", requests, 0.05, sticky=True, most=97.0),
    _cell("requests, sticky people, 0.5 %", requests, 0.005, sticky=True, most=97.5),
    _cell("requests, the wronged tap again", again, 0.05, 0.05 * 3.4 / (1 + 0.05 * 2.4), most=98.0),
    _cell("drift, sd .1", drifting, 0.05, _drift_truth(0.05, 0.1), sd=0.1, least=90.0, gated=False),
    _cell("drift, sd .3", drifting, 0.05, _drift_truth(0.05, 0.3), sd=0.3, least=80.0, gated=False),
    _cell(
        "drift, sd .3, 4 minutes", drifting, 0.05, _drift_truth(0.05, 0.3), sd=0.3, length=240, least=80.0, gated=False
    ),
    _cell("p99 of M/M/8 at ρ .5", queue, 0.99, _queue_truth(0.99, 0.5), busy=0.5, least=90.0, gated=False),
    _cell("p99 of M/M/8 at ρ .9", queue, 0.99, _BUSY_P99, busy=0.9, least=80.0, gated=False),
    _cell(
        "p99 of M/M/8 at ρ .9, 4 minutes",
        queue,
        0.99,
        _queue_truth(0.99, 0.9),
        busy=0.9,
        length=240,
        least=80.0,
        gated=False,
    ),
    _cell("rule on p99, M/M/8 at ρ .5", slower, 0.01, busy=0.5, least=90.0),
    _cell("rule on p99, M/M/8 at ρ .7", slower, 0.01, busy=0.7, least=90.0),
    _cell("rule on p99, M/M/8 at ρ .8", slower, 0.01, busy=0.8, least=80.0, gated=False),
    _cell("rule on p99, M/M/8 at ρ .9", slower, 0.01, busy=0.9, least=80.0, gated=False),
    _cell("rule on p99, M/M/8 at ρ .9, 4 minutes", slower, 0.01, busy=0.9, length=240, least=80.0, gated=False),
    _cell("rule on p90, M/M/8 at ρ .7", slower, 0.1, busy=0.7, least=90.0),
    _cell("mean time, M/M/8 at ρ .5", mean_time, 0.0, _mean_truth(0.5), busy=0.5, least=90.0),
    _cell("mean time, M/M/8 at ρ .7", mean_time, 0.0, _mean_truth(0.7), busy=0.7, least=90.0),
    _cell("mean time, M/M/8 at ρ .8", mean_time, 0.0, _mean_truth(0.8), busy=0.8, least=90.0),
    _cell("mean time, M/M/8 at ρ .9", mean_time, 0.0, _mean_truth(0.9), busy=0.9, least=80.0, gated=False),
)


@dataclass(frozen=True)
class Found:
    """Of the runs of a cell, in per cent: no interval; of the others the truth held; too high and too low a bound."""

    none: float
    held: float
    low_wrong: float
    high_wrong: float
    runs: int
    given: int

    @property
    def held_or_none(self) -> float:
        """The share of runs of which nothing false was said."""
        return self.none + (100.0 - self.none) * self.held / 100.0

    @property
    def error(self) -> float:
        """The Monte-Carlo standard error of `held`, in points; nan where no interval was given."""
        if not self.given:
            return float("nan")
        share = min(max(self.held / 100, 0.5 / self.given), 1 - 0.5 / self.given)
        return float(100 * np.sqrt(share * (1 - share) / self.given))

    @property
    def room(self) -> float:
        """Three Monte-Carlo standard errors of `held_or_none`, in points."""
        share = min(max(self.held_or_none / 100, 1 / self.runs), 1 - 1 / self.runs)
        return float(300 * np.sqrt(share * (1 - share) / self.runs))


def found(cell: Cell, runs: int = RUNS, seed: int = 20261126) -> Found:
    """So many simulated runs of a cell."""
    rng = np.random.default_rng([seed, *cell.name.encode()])
    drawn = [cell.draw(rng, cell.length) for _ in range(runs)]
    given = [(shown, gate) for shown, gate in drawn if not shown.reason]
    held = [_below(shown.low, cell.truth) and not _less(shown.high, cell.truth) for shown, _ in given]
    low = sum(not _below(gate.low, cell.truth) for _, gate in given)
    high = sum(_less(gate.high, cell.truth) for _, gate in given)
    of_runs = 100.0 / runs
    return Found(
        of_runs * (runs - len(given)),
        100.0 * float(np.mean(held or [1.0])),
        of_runs * low,
        of_runs * high,
        runs,
        len(given),
    )


def _below(low: float | None, truth: float) -> bool:
    return low is None or low <= truth


def _less(high: float | None, truth: float) -> bool:
    return high is not None and high < truth


def main(runs: int = RUNS) -> None:
    """Print the table."""
    heads = ("simulated run", "s", "true", "no interval, %", "held of the others, % (± 1 SE)", "held or none, %")
    print("|", " | ".join(heads), "| gate wrong, low / high, % |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for cell in CELLS:
        it = found(cell, runs)
        print(
            f"| {cell.name} | {cell.length} | {cell.truth:.4g} | {it.none:.1f} | {it.held:.1f} ± {it.error:.1f} "
            f"| {it.held_or_none:.1f} | {it.low_wrong:.1f} / {it.high_wrong:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
