"""What a sweep found, as frozen values: what `sweep.json` holds and what screen, page and pictures read."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from creditstorm.analysis.planning.knee import Knee, knee_of
from creditstorm.analysis.planning.regions import Region, commonest
from creditstorm.analysis.statistics.intervals import over_runs
from creditstorm.analysis.summary import Estimate
from creditstorm.record.manifest import Mode
from creditstorm.scenario.threshold import Unit


@dataclass(frozen=True, slots=True)
class Axis:
    """What is varied: `values` as the scenario is given them, and as numbers in SI units where they are quantities.

    `unit` is that of the numbers: s, /s, %, B, KB/s or nothing; a share is from 0 to 1.
    """

    path: str
    values: tuple[str, ...]
    numbers: tuple[float, ...] | None
    unit: str
    log: bool


@dataclass(frozen=True, slots=True)
class SweptPoint:
    """One policy at one place of the grid (an index an axis): each figure over its runs.

    `regions` counts its runs by how they came back; `region` is the commonest, the worse of two that are as common, and
    None where no fault could be come back from.
    """

    place: tuple[int, ...]
    policy: str
    runs: int
    figures: Mapping[str, Estimate]
    regions: Mapping[Region, int]
    region: Region | None


@dataclass(frozen=True, slots=True)
class Repeated:
    """One run of a point that was simulated and carried out live with the same seed: each figure of both.

    `errors` is simulated minus live, None where one of them has no figure; `doubts` are of the live run.
    """

    place: tuple[int, ...]
    policy: str
    seed: int
    simulated: Mapping[str, float | None]
    live: Mapping[str, float | None]
    errors: Mapping[str, float | None]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """The scenario's own bound on the metric."""

    text: str
    bound: float
    below: bool


@dataclass(frozen=True, slots=True)
class Sweep:
    """The whole sweep, points in the order of the grid, policy by policy.

    `knees` has the knee of a policy's curve over the one axis, None where it has none.
    """

    scenario_id: str
    why: str
    seed: int
    seeds: int
    mode: Mode
    metric: str
    unit: Unit
    rule: Rule | None
    axes: tuple[Axis, ...]
    policies: tuple[str, ...]
    points: tuple[SweptPoint, ...]
    knees: Mapping[str, Knee | None]
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    repeated: tuple[Repeated, ...] = ()

    def of(self, policy: str) -> tuple[SweptPoint, ...]:
        """The points of one policy, in the order of the grid."""
        return tuple(point for point in self.points if point.policy == policy)

    def figure(self, point: SweptPoint) -> Estimate:
        """The swept metric at a point."""
        return point.figures[self.metric]

    def keeps(self, point: SweptPoint) -> bool:
        """Whether the rule is kept by the whole interval over runs, and not by its middle alone."""
        found = self.figure(point)
        if self.rule is None or found.value is None:
            return False
        end = found.high if self.rule.below else found.low
        worst = found.value if end is None else end
        return worst < self.rule.bound if self.rule.below else worst > self.rule.bound

    def is_open(self, point: SweptPoint) -> bool:
        """Whether the interval over runs lies across the bound, so that the rule is neither kept nor broken."""
        found = self.figure(point)
        if self.rule is None or found.low is None or found.high is None or self.keeps(point):
            return False
        return found.low < self.rule.bound if self.rule.below else found.high > self.rule.bound


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


def repeated_of(place: tuple[int, ...], policy: str, seed: int, simulated: SeedResult, live: SeedResult) -> Repeated:
    """The two side by side, with the error of each figure."""
    errors = {name: _error(value, live.figures.get(name)) for name, value in simulated.figures.items()}
    return Repeated(place, policy, seed, simulated.figures, live.figures, errors, live.doubts)


def _error(simulated: float | None, live: float | None) -> float | None:
    return None if simulated is None or live is None else simulated - live


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
