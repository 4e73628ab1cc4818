"""The tables of the page: each check with as many seeds as it is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final

import numpy as np
from benchmarks.validation import chain, cut, surge, waiting
from benchmarks.validation.controlled import Mean, controlled_mean
from benchmarks.validation.table import Row, Table, share

NEAR: Final = 0.05
"""A threshold may lie so far beside the published bracket, a mean so far from the chain's."""
WITHIN: Final = 0.02
"""A mean wait may be so far from its formula."""


@dataclass(frozen=True)
class Effort:
    """How many seeds each check gets; `wait_se` is the error up to which waits are measured."""

    surges: int = 100
    surges_beside: int = 30
    cuts: int = 10
    chains: tuple[int, ...] = (400, 400, 400, 600, 600)
    wait_se: float = 0.0065
    waits: int = 20_000
    stations: tuple[waiting.Station, ...] = waiting.STATIONS


def count_back(pool: Executor, comes_back: Callable[[int], bool], seeds: int) -> int:
    """How many of the runs came back."""
    return sum(pool.map(comes_back, range(seeds), chunksize=max(1, seeds // 8)))


def surges(pool: Executor, seeds: int, how: surge.As = surge.As.PUBLISHED) -> tuple[int, ...]:
    """How many of the seeds came back from each published surge."""
    return tuple(count_back(pool, partial(surge.comes_back, one, how=how), seeds) for one in surge.PUBLISHED)


def right(back: Sequence[int], seeds: int) -> int:
    """How many of the labelled experiments the majority of the seeds gets right."""
    return sum((2 * n > seeds) == one.came_back for one, n in zip(surge.PUBLISHED, back, strict=True))


def at_the_edge(back: Sequence[int], seeds: int) -> str:
    """How many experiments are clearly right, and which lie so near one half that other seeds may tell otherwise."""
    edge_se = 2.0 * math.sqrt(0.25 / seeds)
    both = list(zip(surge.PUBLISHED, back, strict=True))
    near = [(one, n) for one, n in both if abs(n / seeds - 0.5) <= edge_se]
    clear = sum((2 * n > seeds) == one.came_back for one, n in both if abs(n / seeds - 0.5) > edge_se)
    told = ", ".join(f"{one.surge_hz:g} ({n} of {seeds})" for one, n in near)
    return (
        f"{clear} of the 18 are right and farther than two standard errors from one half. {len(near)} are nearer, so "
        f"that other seeds may tell them otherwise: {told or 'none'}."
    )


@dataclass(frozen=True)
class Threshold:
    """The surge from which every second run comes back, by logistic regression, and the bracket that was published."""

    capacity_hz: float
    held_hz: float
    broke_hz: float
    ours_hz: Mean

    @property
    def inside(self) -> bool:
        """Whether ours lies in the bracket, give or take `NEAR`."""
        return self.held_hz * (1 - NEAR) <= self.ours_hz.value <= self.broke_hz * (1 + NEAR)


def thresholds(back: Sequence[int], seeds: int) -> tuple[Threshold, ...]:
    """That of each published system."""
    both = zip(surge.PUBLISHED, back, strict=True)
    return tuple(
        _threshold(capacity, list(some), seeds) for capacity, some in groupby(both, lambda it: it[0].capacity_hz)
    )


def _threshold(capacity_hz: float, some: Sequence[tuple[surge.Surge, int]], seeds: int) -> Threshold:
    import statsmodels.api as sm  # noqa: PLC0415 - a second of CPU, for whoever works the page out

    rates = np.array([one.surge_hz for one, _ in some])
    counts = np.array([[n, seeds - n] for _, n in some])
    fit = sm.GLM(counts, sm.add_constant(rates - rates.mean()), family=sm.families.Binomial()).fit()
    (start, slope), spread = fit.params, fit.cov_params()
    gradient = np.array([-1.0 / slope, start / slope**2])
    ours = Mean(float(rates.mean() - start / slope), float(np.sqrt(gradient @ spread @ gradient)))
    held = max(one.surge_hz for one, _ in some if one.came_back)
    return Threshold(capacity_hz, held, min(one.surge_hz for one, _ in some if not one.came_back), ours)


def surge_tables(pool: Executor, effort: Effort) -> Iterable[Table]:
    """R1."""
    seeds = effort.surges
    many = {how: seeds if how is surge.As.PUBLISHED else effort.surges_beside for how in surge.As}
    by = {how: surges(pool, many[how], how) for how in surge.As}
    ours = by[surge.As.PUBLISHED]
    rows = tuple(
        Row(
            (
                f"{one.capacity_hz:g}",
                f"{surge.workers(one)}",
                f"{one.base_hz:g}",
                f"{one.surge_hz:g}",
                "came back" if one.came_back else "stayed down",
                share(n, seeds),
                _majority(n, seeds),
            )
        )
        for one, n in zip(surge.PUBLISHED, ours, strict=True)
    )
    yield Table(
        "R1: a surge of a minute, 18 labelled experiments",
        "arXiv 2309.16181. "
        + " ".join((surge.__doc__ or "").split("\n\n")[1].split())
        + f" {seeds} seeds a row; rates are a second.",
        ("capacity", "workers", "load", "surge", "published", "ours came back, %", "most of ours"),
        rows,
    )
    yield Table(
        "R1: how many of the 18 are right, and where every second run comes back",
        "At least 17 right by majority, and each threshold inside the published bracket ± 5 %, are asked of the first "
        "line; where just half come back, that is no majority, and is taken as stayed down. "
        f"{at_the_edge(ours, seeds)} "
        "The other two say what the choice of the model does: with their one worker to the letter, and with "
        "time-outs that pass as in a live run, after which a person asks again at once.",
        ("taken as", "seeds", "right", *(f"{t.held_hz:g} to {t.broke_hz:g} /s" for t in thresholds(ours, seeds))),
        tuple(_summary(how, back, many[how]) for how, back in by.items()),
    )


def _majority(back: int, seeds: int) -> str:
    return "half of them" if 2 * back == seeds else _label(back=2 * back > seeds)


def _summary(how: surge.As, back: Sequence[int], seeds: int) -> Row:
    found, correct = thresholds(back, seeds), right(back, seeds)
    judged = correct >= 17 and all(one.inside for one in found)
    cells = (how.value, f"{seeds}", f"{correct} of 18", *(f"{t.ours_hz.value:.2f} ± {t.ours_hz.se:.2f}" for t in found))
    return Row(cells, judged if how is surge.As.PUBLISHED else None)


def cut_tables(pool: Executor, effort: Effort) -> Iterable[Table]:
    """R2."""
    seeds = effort.cuts
    rows = []
    for one in cut.PUBLISHED:
        n = count_back(pool, partial(cut.comes_back, one), seeds)
        as_published = n if one.came_back else seeds - n
        cells = (f"−{one.depth:.0%}", f"{one.for_s:g} s", f"{one.load:.0%}", _label(back=one.came_back))
        rows.append(Row((*cells, f"{as_published} of {seeds}"), as_published >= 0.9 * seeds))
    yield Table(
        "R2: the CPU of a server is cut",
        "OSDI '22. " + " ".join((cut.__doc__ or "").split("\n\n")[1].split()),
        ("cut", "for", "load", "published", "ours alike"),
        tuple(rows),
    )
    yield Table(
        "R2: our own boundary",
        f"From the last step at which 9 of 10 come back to the first at which 1 of 10 does; {seeds} seeds a step of "
        "0.25 points or 0.1 s. It may be 2 points or 1 s wide, and lies where theirs does.",
        ("of", "published between", "ours between", "width"),
        (_boundary(pool, seeds, "depth"), _boundary(pool, seeds, "length")),
    )


def _boundary(pool: Executor, seeds: int, what: str) -> Row:
    if what == "depth":
        steps = [cut.Cut(0.78 + step / 400, 10.0) for step in range(9)]
        values, unit, most, published = [100 * one.depth for one in steps], " points", 2.0, (78.0, 80.0)
    else:
        steps = [cut.Cut(0.80, 9.0 + step / 10) for step in range(11)]
        values, unit, most, published = [one.for_s for one in steps], " s", 1.0, (9.0, 10.0)
    back = [count_back(pool, partial(cut.comes_back, one), seeds) for one in steps]
    held = max((v for v, n in zip(values, back, strict=True) if n >= 0.9 * seeds), default=-math.inf)
    broke = min((v for v, n in zip(values, back, strict=True) if n <= 0.1 * seeds), default=math.inf)
    inside = published[0] <= held < broke <= published[1]
    cells = (
        what,
        f"{published[0]:g} and {published[1]:g}{unit}",
        f"{held:g} and {broke:g}{unit}",
        f"{broke - held:.2f}{unit}",
    )
    return Row(cells, inside and broke - held <= most)


def _label(*, back: bool) -> str:
    return "came back" if back else "stayed down"


def emptying(pool: Executor, load_hz: float, seeds: int) -> Mean:
    """The mean time from full to empty on our queue."""
    runs = list(pool.map(partial(chain.emptied, load_hz), range(seeds), chunksize=max(1, seeds // 16)))
    table = np.array([[one.after_s, one.more_arrivals, one.more_work_s] for one in runs])
    return controlled_mean(table[:, 0], table[:, 1:])


def chain_table(pool: Executor, effort: Effort) -> Table:
    """R3."""
    rows = []
    for load_hz, seeds in zip(chain.LOADS_HZ, effort.chains, strict=True):
        exact_s, ours = chain.mean_s(load_hz), emptying(pool, load_hz, seeds)
        cells = (f"{load_hz:g}", f"{exact_s:.1f}", f"{ours.value:.1f} ± {ours.se:.1f}", f"{ours.apart(exact_s):+.1%}")
        rows.append(Row((*cells, f"{seeds}"), abs(ours.apart(exact_s)) <= NEAR))
    return Table(
        "R3: from full to empty",
        "arXiv 2510.03551. " + " ".join((chain.__doc__ or "").split("\n\n")[1].split()) + " Within 5 % is asked.",
        ("load a second", "chain, s", "ours, s", "apart", "runs"),
        tuple(rows),
    )


def measured_wait(
    pool: Executor, station: waiting.Station, effort: Effort, queue_of: waiting.QueueOf | None = None
) -> tuple[Mean, int]:
    """The mean wait and of how many, measured until its error is small enough; what the wait is does not end it."""
    done: list[list[float]] = []
    one = partial(waiting.replication, station, effort.waits, queue_of=queue_of)
    while True:
        done += pool.map(one, range(len(done), len(done) + 16))
        mean = waiting.mean_wait(done)
        if len(done) >= 32 and (mean.se <= effort.wait_se * station.wait_s() or len(done) >= 320):
            return mean, len(done) * effort.waits


def wait_table(pool: Executor, effort: Effort) -> Table:
    """M/M/c and M/G/1."""
    rows = []
    for station in effort.stations:
        exact_s = station.wait_s()
        ours, n = measured_wait(pool, station, effort)
        apart, se = ours.apart(exact_s), ours.se / exact_s
        cells = (station.name, f"{station.busy:g}", f"{exact_s:.5g}", f"{ours.value:.5g}", f"{apart:+.2%} ± {se:.2%}")
        rows.append(Row((*cells, f"{n:,}"), abs(apart) <= WITHIN and se <= 0.007))
    return Table(
        "The wait before the queue",
        " ".join((waiting.__doc__ or "").split("\n\n", 1)[0].split("wait before our queue")[0].split())
        + " waits in units of the mean work, which is exponential (M), fixed (D) or lognormal with σ = 1 (G). "
        + " ".join((waiting.__doc__ or "").split("\n\n", 1)[1].split())
        + " The three loads of a queue share their draws. Within 2 % is asked, with an error below 0.7 %.",
        ("queue", "load", "formula", "ours", "apart", "people"),
        tuple(rows),
    )


def tables(pool: Executor, effort: Effort) -> Iterable[Table]:
    """All of the page."""
    yield from surge_tables(pool, effort)
    yield from cut_tables(pool, effort)
    yield chain_table(pool, effort)
    yield wait_table(pool, effort)
