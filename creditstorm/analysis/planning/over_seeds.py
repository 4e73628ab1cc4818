"""From the runs of a sweep to its points: every figure over the seeds, and the knee of each curve."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from creditstorm.analysis.planning.knee import Knee, knee_of
from creditstorm.analysis.planning.regions import Region, commonest
from creditstorm.analysis.planning.swept import Axis, SweptPoint
from creditstorm.analysis.statistics.intervals import over_runs
from creditstorm.analysis.summary import Estimate
from creditstorm.scenario.threshold import Unit

ONE_RUN: Final = "one run"


@dataclass(frozen=True, slots=True)
class SeedResult:
    """One run of a point."""

    figures: Mapping[str, float | None]
    region: Region | None
    doubts: tuple[str, ...] = ()

    @classmethod
    def read(cls, plain: Mapping[str, object]) -> "SeedResult":
        """As a journal keeps it."""
        figures, region, doubts = plain["figures"], plain["region"], plain["doubts"]
        if not isinstance(figures, Mapping) or not isinstance(doubts, Sequence):
            raise TypeError("a result of a sweep has figures and doubts")
        return cls(dict(figures), None if region is None else Region(str(region)), tuple(map(str, doubts)))


def point_of(place: tuple[int, ...], policy: str, runs: Sequence[SeedResult], units: Mapping[str, Unit]) -> SweptPoint:
    """The point, each figure the mean of its runs with its t interval over them; of one run there is no interval."""
    figures = {name: _over([run.figures.get(name) for run in runs], unit) for name, unit in units.items()}
    counts, region = commonest(run.region for run in runs if run.region is not None)
    return SweptPoint(place, policy, len(runs), figures, counts, region)


def _over(values: Sequence[float | None], unit: Unit) -> Estimate:
    each = [Estimate(value, None, None, 1, ONE_RUN) for value in values]
    return over_runs(each, most=1.0 if unit is Unit.SHARE else math.inf)


def knee_over(axis: Axis, runs: Sequence[Sequence[SeedResult]], metric: str) -> Knee | None:
    """The knee of a metric over one axis; `runs` has the runs of each value, seed by seed."""
    if axis.numbers is None:
        return None
    order = sorted(range(len(axis.numbers)), key=axis.numbers.__getitem__)
    curves = [[runs[place][seed].figures.get(metric) for place in order] for seed in range(len(runs[0]))]
    return knee_of([axis.numbers[place] for place in order], curves, log=axis.log)
