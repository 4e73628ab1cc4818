"""A forecast carried out: cells of three sizes over the seeds, and everybody counted under each mask."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from creditstorm.analysis.planning.doubling import FEWEST_SEEDS, SIZES
from creditstorm.analysis.planning.everybody import count_everybody
from creditstorm.analysis.planning.masks import MaskRules
from creditstorm.analysis.planning.outlook import Forecast, Target, keys_of, outlook
from creditstorm.analysis.planning.tally import COLUMNS, tally
from creditstorm.errors import UsageError
from creditstorm.record.job_folder import Result
from creditstorm.runs.forecasting.enlarged import cell_of, scaled_in_words, target_of
from creditstorm.runs.matrix import plan_of
from creditstorm.runs.points import Job, Point, Points
from creditstorm.runs.simulate import simulate
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import Draft


@dataclass(frozen=True, slots=True)
class ForecastPlan:
    """What is to be forecast: the scenario under each of these policies, and for whom."""

    scenarios: Mapping[str, Scenario]
    target: Target
    seeds: int
    cells: int | None

    @property
    def scenario(self) -> Scenario:
        """The scenario under the first of the policies."""
        return next(iter(self.scenarios.values()))

    @property
    def job(self) -> Job:
        """What identifies it."""
        asks = {
            "people": self.target.people,
            "peak_hz": self.target.peak_hz,
            "cells": self.cells,
            "policies": list(self.scenarios),
        }
        return Job("forecast", self.scenario, asks)

    def points(self) -> dict[tuple[str, int, int], Point]:
        """Every cell by policy, size and number of the seed, the largest first: they take longest."""
        return {
            (policy, size, number): Point(
                f"{policy}-{size}x-{number}", cell_of(scenario, self.target, size, scenario.seed + number)
            )
            for size in sorted(SIZES, reverse=True)
            for number in range(self.seeds)
            for policy, scenario in self.scenarios.items()
        }


def forecast_plan(  # noqa: PLR0913 - all that is asked
    draft: Draft,
    *,
    people: int,
    peak_hz: float,
    cells: int | None = None,
    policies: str | None = None,
    seeds: int = 4,
    seed: int | None = None,
    overrides: Sequence[str] = (),
) -> ForecastPlan:
    """The plan; UsageError and ScenarioError where it cannot be."""
    if seeds < FEWEST_SEEDS:
        what = f"--seeds {seeds}: an interval for a new run needs {FEWEST_SEEDS} at least"
        raise UsageError(f"{what}\n  4 are usual; each further one narrows it.")
    planned = plan_of(draft, policies or "scenario", repeats=1, seed=seed, overrides=overrides)
    scenarios = {cell.policy: cell.scenario for cell in planned.cells}
    if "scenario" in scenarios:
        scenarios = {(s.system.policy.name if name == "scenario" else name): s for name, s in scenarios.items()}
    target = target_of(planned.scenario, people=people, peak_hz=peak_hz, cells=cells)
    return ForecastPlan(scenarios, target, seeds, cells)


def counted(scenario: Scenario) -> Result:
    """The counts of one simulated cell."""
    return tally(simulate(scenario, columns=COLUMNS))


def carry_out(plan: ForecastPlan, points: Points, *, say: Callable[[str], None] = lambda _: None) -> Forecast:
    """Simulate what is not known yet, count everybody, and conclude. `say` hears what takes long beside the points."""
    wanted = plan.points()
    known = points.results(list(wanted.values()), counted)
    outlooks = []
    for policy, scenario in plan.scenarios.items():
        tallies: dict[int, list[Mapping[str, Any]]] = {
            size: [known[wanted[policy, size, number].name] for number in range(plan.seeds)] for size in SIZES
        }
        say(f"  {policy}: each of {plan.target.people:,} people under each mask that was met")
        everyone = scenario.population.model_copy(update={"size": plan.target.people}).people(scenario.seed)
        everybody = count_everybody(
            everyone, MaskRules(scenario.system.policy), keys_of(tallies), threads=max(1, points.workers)
        )
        outlooks.append(outlook(policy, plan.target, tallies, everybody))
    return Forecast(
        plan.scenario, plan.target, plan.seeds, tuple(outlooks), scaled_in_words(plan.scenario, plan.target)
    )
