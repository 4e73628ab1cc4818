"""How often a monitor cries wolf on the lender's own calm, by how many seconds of calm it knows.

``python -m benchmarks.false_alarms [SEEDS]`` simulates the demo scenario without its fault, learns calm from a stretch
of each run, and counts alarms in all that follows. Re-taps, queues and time-outs are in it, which no binomial draw has.
``python -m benchmarks.false_alarms drawn [LEARNINGS]`` counts them in calm that is nothing but such draws, each stretch
of it known by so many seconds of its own: what a level read too low costs is in that.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.monitors.cusum import RARE_S, calibrated
from creditstorm.analysis.monitors.kinds import MONITORS, Monitor
from creditstorm.analysis.monitors.race import BadPerSecond, CalmSeconds, Race, learned
from creditstorm.runs.simulate import simulate
from creditstorm.scenario import catalogue
from creditstorm.scenario.monitors import ALL, MonitorName
from creditstorm.scenario.text.loader import read

RATE: Final = 20
FOR_S: Final = 605
CALM: Final = (10, 15, 30, 60)
STRETCHES: Final = range(5, 305, 60)
SEED: Final = 7
WATCHED_S: Final = 50_000
SHARES: Final = {MonitorName.DECLINE_RATE: 0.35, MonitorName.UNDECIDED_RATE: 0.02, MonitorName.HTTP_ERRORS: 0.0005}
SETTINGS: Final = (f"load.arrivals=[{{for: {FOR_S}s, rate: {RATE}/s}}]", "faults=[]", "thresholds={}")


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


def drawn(kind: Monitor, share: float, calm_s: int, learnings: int) -> float:
    """False alarms in 100,000 s of drawn calm of this share, on average over so many stretches that were known."""
    rng, known, alarms, watched = np.random.default_rng(SEED), cache(calibrated), 0, 0
    for _ in range(learnings):
        n = rng.poisson(RATE, calm_s)
        cusum = learned(kind, BadPerSecond(rng.binomial(n, share), n), known).cusum
        if cusum is not None:
            n = rng.poisson(RATE, WATCHED_S)
            alarms += len(cusum.alarms(rng.binomial(n, share), n))
            watched += WATCHED_S
    return RARE_S * alarms / watched if watched else np.nan


def main() -> None:
    """Simulate and print the table."""
    if sys.argv[1:2] == ["drawn"]:
        learnings = int(sys.argv[2]) if len(sys.argv) > 2 else 100
        print(f"false alarms in 100,000 s of drawn calm at {RATE} people/s, {learnings} stretches of {WATCHED_S} s")
        for name, share in SHARES.items():
            cells = [f"{drawn(MONITORS[name], share, calm_s, learnings):.2f}".rjust(14) for calm_s in CALM]
            print(name.ljust(20), *cells, flush=True)
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
