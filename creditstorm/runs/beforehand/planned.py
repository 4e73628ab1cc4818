"""What a scenario of the open model is going to ask, from its pure schedule: how many, how fast, of whom."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from creditstorm.adapters.processes.settings import planned_load
from creditstorm.demand.load_plan import LoadPlan, RateStage
from creditstorm.demand.sessions import Crowd
from creditstorm.demand.taps import Schedule, schedule
from creditstorm.scenario.model import Scenario

PEAK_OVER_S: Final = 5.0
SAMPLE: Final = 2_000


def planned_of(scenario: Scenario) -> "Planned":
    """The plan of a scenario of the open model."""
    return Planned(scenario, planned_load(scenario))


@dataclass(frozen=True)
class Planned:
    """A scenario of the open model with its plan."""

    scenario: Scenario
    plan: LoadPlan

    @property
    def stages(self) -> tuple[RateStage, ...]:
        """The load, stage by stage."""
        return self.plan.arrivals or ()

    @cached_property
    def measured(self) -> Schedule:
        """The first attempts after the warm-up."""
        whole = schedule(self.stages, seed=self.plan.seed, people=self.plan.population.size)
        return between(whole, self.scenario.load.warm_up_s, math.inf)

    @cached_property
    def approved(self) -> float:
        """The share of creditworthy people, of some that stand for all."""
        ids = np.arange(min(SAMPLE, self.plan.population.size), dtype=np.uint64)
        return float(Crowd(self.plan.oracle, ids, np.zeros(len(ids))).eligible.mean())

    @property
    def taps_of_declined(self) -> float:
        """How often somebody taps who is told "no credit" each time: 1 + p + p² … as often as they may."""
        retap = self.scenario.load.retap
        return math.fsum(retap.no_credit**nth for nth in range(retap.max_attempts))

    @cached_property
    def answers_hz(self) -> float:
        """Answers a second at the peak of calm alone: who is rightly declined taps again."""
        return peak_hz(self.stages) * (self.approved + (1 - self.approved) * self.taps_of_declined)


def expected(stages: tuple[RateStage, ...]) -> float:
    """How many first attempts these stages bring on average."""
    return sum(stage.for_s * (stage.from_hz + stage.to_hz) / 2 for stage in stages)


def peak_hz(stages: tuple[RateStage, ...], over_s: float = PEAK_OVER_S) -> float:
    """The highest rate on average over so many seconds; over the whole load where that is shorter."""
    ends_s = np.cumsum([0.0, *(stage.for_s for stage in stages)])
    step_s = max(over_s / 50, float(ends_s[-1]) / 200_000)
    instants_s = np.arange(0.0, ends_s[-1], step_s) + step_s / 2
    stage = np.minimum(np.searchsorted(ends_s, instants_s, side="right") - 1, len(stages) - 1)
    from_hz = np.array([one.from_hz for one in stages])[stage]
    slope = np.array([(one.to_hz - one.from_hz) / one.for_s for one in stages])[stage]
    rates = from_hz + slope * (instants_s - ends_s[stage])
    width = min(len(rates), max(1, round(over_s / step_s)))
    sums = np.concatenate([[0.0], np.cumsum(rates)])
    return float(np.max(sums[width:] - sums[:-width]) / width)


def between(planned: Schedule, from_s: float, to_s: float) -> Schedule:
    """The first attempts from one instant until before another."""
    first, last = np.searchsorted(planned.intended_s, [from_s, to_s])
    part = slice(int(first), int(last))
    return Schedule(planned.intended_s[part], planned.session[part], planned.applicant[part])
