"""Carries out the runs of a sweep, simulated side by side or live, and says what they found."""

import importlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from creditstorm.errors import UsageError
from creditstorm.record.job_folder import PointsFolder, Result
from creditstorm.record.manifest import Mode
from creditstorm.runs.points import Job, Point, Points, PointsObserver, open_points
from creditstorm.runs.sweeping.grid import Grid, GridPlace
from creditstorm.scenario.model import Scenario

if TYPE_CHECKING:
    from creditstorm.analysis.planning.swept import Repeated, SeedResult, Sweep
    from creditstorm.analysis.run_data import RunData
    from creditstorm.analysis.summary import Summary


@dataclass(frozen=True, slots=True)
class HowToSweep:
    """Where the runs are kept and computed: `live` carries out all of them, `verify` so many that were simulated."""

    out: Path | None = None
    on: str | None = None
    live: bool = False
    verify: int = 0


def run_of_point(scenario: Scenario) -> Result:
    """The figures of the simulated run, how it came back from its faults, and its doubts."""
    from creditstorm.runs.simulate import simulated_summary  # noqa: PLC0415 - in the process that computes

    return _result(simulated_summary(scenario, asked_only=True), scenario)


def run_of_record(run: "RunData") -> Result:
    """The same of a live run."""
    from creditstorm.analysis.analyse import summary_alone  # noqa: PLC0415 - heavy, and late

    return _result(summary_alone(run), run.scenario)


def _result(summary: "Summary", scenario: Scenario) -> Result:
    from creditstorm.analysis.planning.regions import region_of  # noqa: PLC0415 - in the process that computes
    from creditstorm.analysis.planning.run_figures import run_figures  # noqa: PLC0415

    doubts = [doubt.text for doubt in summary.honesty.doubts]
    return {"figures": run_figures(summary), "region": region_of(summary, scenario), "doubts": doubts}


def execute_sweep(grid: Grid, how: HowToSweep, observer: PointsObserver) -> "tuple[PointsFolder, Sweep]":
    """Run what is not known yet in `how.out` (a new folder where it is None), and write everything that is derived.

    UsageError where more points are to be verified than there are.
    """
    repeated = places_to_verify(grid, how.verify)
    job = Job("sweep", grid.scenario, asks_of(grid, live=how.live))
    points = [Point(place.name(n), scenario) for place in grid.places for n, scenario in enumerate(place.scenarios)]
    with open_points(job, now=datetime.now(UTC), out=how.out, on=how.on, observer=observer) as computed:
        found = _carried_out_live(computed, points) if how.live else computed.results(points, run_of_point)
        again = [Point(f"live-{place.name(0)}", place.scenarios[0]) for place in repeated]
        if again:
            found |= _carried_out_live(computed, again)
        sweep = concluded(grid, found, repeated, live=how.live)
        # Imported late: figures load a second of libraries that no point needs.
        importlib.import_module("creditstorm.report.planning.sweep_page").render_sweep(computed.folder, sweep)
        return computed.folder, sweep


def _carried_out_live(computed: Points, points: Sequence[Point]) -> dict[str, Result]:
    from creditstorm.runs.live_points import live_results  # noqa: PLC0415 - a simulated sweep needs none of it

    return live_results(computed, points, run_of_record)


def live_runs(grid: Grid, how: HowToSweep) -> tuple[Scenario, ...]:
    """What will be carried out live."""
    if how.live:
        return tuple(scenario for place in grid.places for scenario in place.scenarios)
    return tuple(place.scenarios[0] for place in places_to_verify(grid, how.verify))


def places_to_verify(grid: Grid, count: int) -> tuple[GridPlace, ...]:
    """So many places of the grid, from its first to its last in equal steps; one is the middle."""
    if count > len(grid.places):
        raise UsageError(f"--verify {count}: the sweep has {len(grid.places)} points")
    last = len(grid.places) - 1
    steps = [last // 2] if count == 1 else [round(last * nth / (count - 1)) for nth in range(count)]
    return tuple(grid.places[step] for step in steps)


def asks_of(grid: Grid, *, live: bool = False) -> Mapping[str, object]:
    """What decides which runs a name stands for; the metric does not, so another one computes nothing anew."""
    axes = [{"path": axis.path, "values": list(axis.values)} for axis in grid.axes]
    return {"vary": axes, "policies": list(grid.policies), "seeds": grid.seeds, "live": live}


def concluded(
    grid: Grid, found: Mapping[str, Result], repeated: Sequence[GridPlace] = (), *, live: bool = False
) -> "Sweep":
    """The sweep from the results of its runs; those of `repeated` were carried out live, too."""
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
    twice = tuple(
        swept.repeated_of(
            *(place.place, place.policy, place.scenarios[0].seed),
            *(swept.SeedResult.read(found[name]) for name in (place.name(0), f"live-{place.name(0)}")),
        )
        for place in repeated
    )
    return swept.Sweep(
        scenario_id=grid.scenario.id,
        why=grid.scenario.why,
        seed=grid.scenario.seed,
        seeds=grid.seeds,
        mode=Mode.LIVE if live else Mode.SIMULATED,
        metric=grid.metric,
        unit=units[grid.metric],
        rule=run_figures.rule_on(grid.metric, grid.scenario.thresholds),
        axes=grid.axes,
        policies=grid.policies,
        points=points,
        knees=knees,
        doubts=_doubts(grid, runs.values(), twice),
        notes=grid.notes,
        repeated=twice,
    )


def _doubts(grid: Grid, runs: "Iterable[Sequence[SeedResult]]", repeated: "Sequence[Repeated]") -> tuple[str, ...]:
    """Each doubt once, with how many runs it is of."""
    counts = Counter(doubt for each in runs for run in each for doubt in run.doubts)
    again = Counter(doubt for run in repeated for doubt in run.doubts)
    return (
        *(f"{count} of {grid.runs} runs: {doubt}" for doubt, count in counts.items()),
        *(f"{count} of {len(repeated)} runs repeated live: {doubt}" for doubt, count in again.items()),
    )
