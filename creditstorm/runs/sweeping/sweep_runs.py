"""Carries out the runs of a sweep, simulated side by side, and says what they found."""

import importlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from creditstorm.record.job_folder import PointsFolder, Result
from creditstorm.record.manifest import Mode
from creditstorm.runs.points import Job, Point, PointsObserver, open_points
from creditstorm.runs.sweeping.grid import Grid
from creditstorm.scenario.model import Scenario

if TYPE_CHECKING:
    from creditstorm.analysis.planning.swept import SeedResult, Sweep


def run_of_point(scenario: Scenario) -> Result:
    """The figures of the simulated run, how it came back from its faults, and its doubts."""
    from creditstorm.analysis.planning.regions import region_of  # noqa: PLC0415 - in the process that computes
    from creditstorm.analysis.planning.run_figures import run_figures  # noqa: PLC0415
    from creditstorm.runs.simulate import simulated_summary  # noqa: PLC0415

    summary = simulated_summary(scenario)
    doubts = [doubt.text for doubt in summary.honesty.doubts]
    return {"figures": run_figures(summary), "region": region_of(summary, scenario), "doubts": doubts}


def execute_sweep(
    grid: Grid, *, out: Path | None, on: str | None, observer: PointsObserver
) -> "tuple[PointsFolder, Sweep]":
    """Run what is not known yet in `out` (a new folder where it is None), and write everything that is derived."""
    job = Job("sweep", grid.scenario, asks_of(grid))
    points = [Point(place.name(n), scenario) for place in grid.places for n, scenario in enumerate(place.scenarios)]
    with open_points(job, now=datetime.now(UTC), out=out, on=on, observer=observer) as computed:
        found = computed.results(points, run_of_point)
        sweep = concluded(grid, found)
        # Imported late: figures load a second of libraries that no point needs.
        importlib.import_module("creditstorm.report.planning.sweep_page").render_sweep(computed.folder, sweep)
        return computed.folder, sweep


def asks_of(grid: Grid) -> Mapping[str, object]:
    """What decides which runs a name stands for; the metric does not, so another one computes nothing anew."""
    axes = [{"path": axis.path, "values": list(axis.values)} for axis in grid.axes]
    return {"vary": axes, "policies": list(grid.policies), "seeds": grid.seeds}


def concluded(grid: Grid, found: Mapping[str, Result]) -> "Sweep":
    """The sweep from the results of its runs."""
    from creditstorm.analysis.planning import run_figures, swept  # noqa: PLC0415 - heavy, and late

    units = run_figures.known_figures([fault.name for fault in grid.scenario.faults])
    runs = {
        (place.place, place.policy): [swept.SeedResult.read(found[place.name(n)]) for n in range(grid.seeds)]
        for place in grid.places
    }
    points = tuple(swept.point_of(*where, each, units) for where, each in runs.items())
    knees = {}
    if len(grid.axes) == 1:
        for policy in grid.policies:
            of_policy = [each for (_, name), each in runs.items() if name == policy]
            knees[policy] = swept.knee_over(grid.axes[0], of_policy, grid.metric)
    return swept.Sweep(
        scenario_id=grid.scenario.id,
        why=grid.scenario.why,
        seed=grid.scenario.seed,
        seeds=grid.seeds,
        mode=Mode.SIMULATED,
        metric=grid.metric,
        unit=units[grid.metric],
        rule=run_figures.rule_on(grid.metric, grid.scenario.thresholds),
        axes=grid.axes,
        policies=grid.policies,
        points=points,
        knees=knees,
        doubts=_doubts(grid, runs.values()),
        notes=grid.notes,
    )


def _doubts(grid: Grid, runs: "Iterable[Sequence[SeedResult]]") -> tuple[str, ...]:
    """Each doubt once, with how many runs it is of."""
    counts = Counter(doubt for each in runs for run in each for doubt in run.doubts)
    return tuple(f"{count} of {grid.runs} runs: {doubt}" for doubt, count in counts.items())
