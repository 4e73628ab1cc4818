"""Simulated runs whose true figure is known: each draws one run and gives its interval to show and the one to gate."""

from __future__ import annotations

import heapq
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from creditstorm.analysis.statistics.means import mean_estimate
from creditstorm.analysis.statistics.seconds import Counts, Level, Share, quantile_estimate
from creditstorm.analysis.summary import Estimate

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
    return _both(_timed(arrivals, spent, spent >= queue_truth(1.0 - p, busy, servers), length))


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


def mean_truth(busy: float, servers: int = 8) -> float:
    """The mean time in M/M/c: the work, and Erlang C's chance of a wait times its length."""
    load = servers * busy
    terms = np.cumprod([1.0, *(load / k for k in range(1, servers + 1))])
    tail = terms[-1] / (1 - busy)
    waits = tail / (terms[:-1].sum() + tail)
    return float(load / PEAK_HZ + waits * busy / ((1 - busy) * PEAK_HZ))


def drift_truth(p: float, sd: float) -> float:
    x, w = np.polynomial.hermite_e.hermegauss(40)
    return float(w @ (1 / (1 + np.exp(-(np.log(p / (1 - p)) + sd * x)))) / w.sum())


@lru_cache
def queue_truth(q: float, busy: float, servers: int = 8) -> float:
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
