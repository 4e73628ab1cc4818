"""How often a monitor cries wolf on the lender's own calm, by how many seconds of calm it knows.

``python -m benchmarks.false_alarms [SEEDS]`` simulates the demo scenario without its fault, learns calm from a stretch
of each run, and counts alarms in all that follows. Re-taps, queues and time-outs are in it, which no binomial draw has.
``python -m benchmarks.false_alarms drawn`` expects them in calm that is nothing but such draws, over every stretch by
which it may be known, each as likely as it is: what a level read too low costs is in that, and no luck of ours.
``python -m benchmarks.false_alarms heights`` counts them where the level is known, beside how many were worked out.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import islice
from typing import Final

import numpy as np
import polars as pl
from scipy.stats import binom
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.monitors.calm_chain import alarm_rates
from creditstorm.analysis.monitors.cusum import RARE_S, Cusum, Usual, calibrated, excursions
from creditstorm.analysis.monitors.kinds import MONITORS, Monitor
from creditstorm.analysis.monitors.race import BadPerSecond, CalmSeconds, Race, learned, risen
from creditstorm.runs.simulate import simulate
from creditstorm.scenario import catalogue
from creditstorm.scenario.monitors import ALL, MonitorName
from creditstorm.scenario.text.loader import read

RATE: Final = 20
FOR_S: Final = 605
CALM: Final = (10, 15, 30, 60)
STRETCHES: Final = range(5, 305, 60)
SEED: Final = 7
WATCHED_S: Final = 1_000_000
LEAST: Final = 1e-7
SHARES: Final = {
    MonitorName.DECLINE_RATE: 0.35,
    MonitorName.UNDECIDED_RATE: 0.02,
    MonitorName.HTTP_ERRORS: 0.0005,
    MonitorName.P99_LATENCY: 0.01,
    MonitorName.COMPLAINT_RATE: 0.03,
}
RATES: Final = (2.0, 5.0, 21.114, 40.0, 80.0, 300.0)
LEVELS: Final = ((0.001, 0.05), (0.005, 0.05), (0.02, 0.05), (0.1, 0.05), (0.35, 0.05), (0.03, 0.02), (0.7, 0.05))
"""A calm share, and a monitor's `rise`."""
SETTINGS: Final = (f"load.arrivals=[{{for: {FOR_S}s, rate: {RATE}/s}}]", "faults=[]", "thresholds={}")


once: Final = cache(calibrated)


def alarms_of(seed: int) -> dict[tuple[str, int], tuple[int, int]]:
    """Alarms, and the seconds in which there was none to raise, by monitor and seconds of calm."""
    scenario = read(catalogue.find("bureau-outage-at-peak")).scenario((*SETTINGS, f"seed={seed}"))
    frame, _ = frame_of(simulate(scenario))
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for calm_s in CALM:
        for begin in STRETCHES:
            for name, alarms in _after(frame, CalmSeconds(begin, begin + calm_s)).items():
                before = found.get((name, calm_s), (0, 0))
                found[name, calm_s] = (before[0] + alarms, before[1] + FOR_S - begin - calm_s)
    return found


def _after(frame: pl.DataFrame, calm: CalmSeconds) -> dict[str, int]:
    race = Race(ALL)
    sights = [race.sighted(frame)]
    race.learn(sights, calm)
    told = race.take(race.counted(map(race.flagged, sights), calm.end, FOR_S))
    return {
        name: sum(1 for who, alarm in told if who == name and alarm.ended is None)
        for name in ALL
        if race.learned[name].cusum is not None
    }


def drawn(kind: Monitor, share: float, calm_s: int) -> float:
    """False alarms in 100,000 s of drawn calm of this share, over all that its stretch may have of bad answers."""
    n = RATE * calm_s
    likely = {bad: float(p) for bad, p in enumerate(binom.pmf(np.arange(n + 1), n, share)) if p > LEAST}
    expected = 0.0
    for bad, p in likely.items():
        known = BadPerSecond(np.array([bad] + [0] * (calm_s - 1)), np.array([n] + [0] * (calm_s - 1)))
        cusum = learned(kind, known, once).cusum
        expected += p * (worked_out(cusum, share, RATE) if cusum is not None else 0.0)
    return expected / sum(likely.values())


@cache
def alarms_in(cusum: Cusum, share: float, rate: float) -> float:
    """Alarms of this sum in 100,000 s of fresh calm of this share, by 1,000,000."""
    rng = np.random.default_rng(SEED)
    bad, good = (rng.poisson(rate * part, WATCHED_S) for part in (share, 1.0 - share))
    return RARE_S * int((excursions(cusum.steps(bad, bad + good)) >= cusum.height).sum()) / WATCHED_S


def heights() -> list[tuple[float, float]]:
    """The same where calm is just what a height is for, over rates and shares: worked out, and counted."""
    usual = [Usual(calm, risen(calm, rise), rate) for rate in RATES for calm, rise in LEVELS]
    levels = [(calibrated(one), one.calm, one.per_second) for one in usual]
    return [(worked_out(*level), alarms_in(*level)) for level in levels]


@cache
def worked_out(cusum: Cusum, share: float, rate: float) -> float:
    """False alarms in 100,000 s of calm of just this share and rate."""
    rates = alarm_rates(share, rate, cusum.step_sizes, cusum.height)
    return RARE_S * next(islice(rates, cusum.height - 1, None))


def main() -> None:
    """Simulate and print the table."""
    if sys.argv[1:2] == ["drawn"]:
        print(f"false alarms in 100,000 s of drawn calm at {RATE} people/s, expected over what calm is known by")
        for name, share in SHARES.items():
            cells = [f"{drawn(MONITORS[name], share, calm_s):.2f}".rjust(14) for calm_s in CALM]
            print(name.ljust(20), *cells, flush=True)
        return
    if sys.argv[1:2] == ["heights"]:
        known, counted = np.array(heights()).T
        print(f"worked out: {known.mean():.2f} on average, {known.max():.2f} at most, of {len(known)} levels")
        print(f"counted: {counted.mean():.2f} on average, {counted.max():.1f} at most, in {WATCHED_S:,} s of each")
        expected = known * WATCHED_S / RARE_S
        apart = float(((counted * WATCHED_S / RARE_S - expected) ** 2 / expected).sum())
        print(f"chi-squared of the counts: {apart:.0f} where {len(known)} is expected")
        return
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    with ProcessPoolExecutor(2) as pool:
        parts = list(pool.map(alarms_of, range(1, seeds + 1)))
    print(f"false alarms in 100,000 s of calm at {RATE} people/s, {seeds} simulated runs of {FOR_S} s")
    print("monitor".ljust(20), *(f"{calm_s} s known".rjust(14) for calm_s in CALM))
    for name in ALL:
        cells = [np.sum([part.get((name, calm_s), (0, 0)) for part in parts], axis=0) for calm_s in CALM]
        print(name.ljust(20), *(f"{1e5 * n / s:.1f} ({n})".rjust(14) if s else "-".rjust(14) for n, s in cells))
    print("seconds watched".ljust(20), *(f"{max(_watched(parts, calm_s)):,}".rjust(14) for calm_s in CALM))


def _watched(parts: list[dict[tuple[str, int], tuple[int, int]]], calm_s: int) -> list[int]:
    return [sum(part.get((name, calm_s), (0, 0))[1] for part in parts) for name in ALL]


if __name__ == "__main__":
    main()
