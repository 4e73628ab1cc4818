"""What the intervals hold: how often each has the true figure of simulated runs, and how often it decides wrongly.

`python -m benchmarks.coverage` prints the table of `docs/coverage.md`; a test holds the bounds with fewer runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from benchmarks.known_runs import (
    Both,
    again,
    drift_truth,
    drifting,
    mean_time,
    mean_truth,
    people,
    queue,
    queue_truth,
    requests,
    slower,
    storm,
)

RUNS, QUEUES = 4000, 400
"""A row, and a row of a queue, whose every answer is drawn by itself."""


@dataclass(frozen=True)
class Cell:
    """A kind of run: its true figure, and the share of intervals that must hold it (in per cent).

    `alone` asks that of the intervals that are given, without the runs that gave none.
    """

    name: str
    draw: Callable[[np.random.Generator, int], Both]
    truth: float
    length: int = 60
    least: float = 93.0
    most: float = 100.0
    gated: bool = True
    alone: bool = False

    @property
    def runs(self) -> int:
        """How many of the table are drawn."""
        return QUEUES if "M/M/8" in self.name else RUNS


def _cell(name: str, draw: Callable[..., Both], p: float, truth: float | None = None, **more: float) -> Cell:
    of_draw = {key: more.pop(key) for key in ("rate", "sticky", "sd", "busy") if key in more}
    return Cell(name, lambda rng, length: partial(draw, **of_draw)(rng, length, p), truth or p, **more)  # type: ignore[arg-type]


def _drifts(p: float, sd: float, length: int, least: float) -> Cell:
    name = f"drift, sd {sd:g} around {p:.0%}, {length} s".replace("0.", ".").replace("%", " %")
    truth = drift_truth(p, sd)
    return _cell(name, drifting, p, truth, sd=sd, length=length, least=least, gated=False, alone=True)


_SHORT = tuple(
    _drifts(p, sd, length, least)
    for p in (0.3, 0.05)
    for sd, least in ((0.1, 85.0), (0.3, 80.0))
    for length in (24, 40, 60)
    if (p, length) != (0.05, 60)
)
_BUSY_P99 = queue_truth(0.99, 0.9)
CELLS = (
    _cell("people, 5 %", people, 0.05, most=97.0),
    _cell("people, 50 %", people, 0.5, most=97.0),
    _cell("people, 0.5 %", people, 0.005, most=97.0),
    _cell("people, 5 %, 2 a second", people, 0.05, rate=2.0, most=97.0),
    _cell("people, 10 minutes", people, 0.05, length=600, most=97.0),
    _cell("people, a fault of 12 s that wrongs all", storm, 0.05, 0.8 * 0.05 + 0.2, most=97.0),
    _cell("requests, independent", requests, 0.05, sticky=False, most=97.0),
    _cell("requests, sticky people", requests, 0.05, sticky=True, most=97.0),
    _cell("requests, sticky people, 0.5 %", requests, 0.005, sticky=True, most=97.0),
    _cell("requests, the wronged tap again", again, 0.05, 0.05 * 3.4 / (1 + 0.05 * 2.4), most=97.0),
    _cell("drift, sd .1", drifting, 0.05, drift_truth(0.05, 0.1), sd=0.1, least=90.0, gated=False),
    _cell("drift, sd .3", drifting, 0.05, drift_truth(0.05, 0.3), sd=0.3, least=80.0, gated=False),
    _cell(
        "drift, sd .3, 4 minutes", drifting, 0.05, drift_truth(0.05, 0.3), sd=0.3, length=240, least=80.0, gated=False
    ),
    *_SHORT,
    _cell("people, 30 %, 24 s", people, 0.3, length=24, most=97.0),
    _cell("people, 30 %, 40 s", people, 0.3, length=40, most=97.0),
    _cell("people, 5 %, 24 s", people, 0.05, length=24, most=97.0),
    _cell("people, 5 %, 40 s", people, 0.05, length=40, most=97.0),
    _cell("people, 5 %, 12 s", people, 0.05, length=12, most=97.0),
    _cell("people, 0.5 %, 24 s", people, 0.005, length=24, most=97.0),
    _cell("requests, sticky people, 24 s", requests, 0.05, sticky=True, length=24, most=97.0),
    _cell("requests, sticky people, 40 s", requests, 0.05, sticky=True, length=40, most=97.0),
    _cell("p99 of M/M/8 at ρ .5", queue, 0.99, queue_truth(0.99, 0.5), busy=0.5, least=90.0, gated=False),
    _cell("p99 of M/M/8 at ρ .9", queue, 0.99, _BUSY_P99, busy=0.9, least=80.0, gated=False),
    _cell(
        "p99 of M/M/8 at ρ .9, 4 minutes",
        queue,
        0.99,
        queue_truth(0.99, 0.9),
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
    _cell("mean time, M/M/8 at ρ .5", mean_time, 0.0, mean_truth(0.5), busy=0.5, least=90.0),
    _cell("mean time, M/M/8 at ρ .7", mean_time, 0.0, mean_truth(0.7), busy=0.7, least=90.0),
    _cell("mean time, M/M/8 at ρ .8", mean_time, 0.0, mean_truth(0.8), busy=0.8, least=90.0),
    _cell("mean time, M/M/8 at ρ .9", mean_time, 0.0, mean_truth(0.9), busy=0.9, least=80.0, gated=False),
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


def found(cell: Cell, runs: int, seed: int = 20261126) -> Found:
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


def line(place: int, runs: int = 0) -> str:
    """The row of the cell at this place in the table, of its own number of runs or of so many."""
    cell = CELLS[place]
    it = found(cell, runs or cell.runs)
    return (
        f"| {cell.name} | {cell.length} | {cell.truth:.4g} | {it.none:.1f} | {it.held:.1f} ± {it.error:.1f} "
        f"| {it.held_or_none:.1f} | {it.low_wrong:.1f} / {it.high_wrong:.1f} |"
    )


def main(runs: int = 0) -> None:
    """Print the table."""
    heads = ("simulated run", "s", "true", "no interval, %", "held of the others, % (± 1 SE)", "held or none, %")
    print("|", " | ".join(heads), "| gate wrong, low / high, % |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with ProcessPoolExecutor() as cores:
        for row in cores.map(partial(line, runs=runs), range(len(CELLS))):
            print(row, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
