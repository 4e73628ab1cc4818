"""What a forecast is worth: eight scenarios forecast from an eighth of a system, and that system simulated whole.

`python -m benchmarks.held_out [SCENARIO…]` prints a table in Markdown; seeds of the whole system are other ones than
those of the cells. About four minutes a scenario on two cores.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from creditstorm.analysis.planning.outlook import Figure
from creditstorm.record.job_folder import Result
from creditstorm.runs.forecasting.enlarged import cell_of, peak_of
from creditstorm.runs.forecasting.forecast_runs import ForecastPlan, carry_out, counted, forecast_plan
from creditstorm.runs.points import Point, Points, open_points
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read

SCENARIOS = (
    "bureau-outage-at-peak",
    "slow-repayment-at-peak",
    "half-the-workers",
    "income-quota-exhausted",
    "sick-bureau",
    "scoring-flaps",
    "two-sources-at-once",
    "cut-off-mis-set",
)
TIMES = 8
SEEDS = 3
WHOLE_SEEDS = 2
OTHER_SEEDS = 1_000
KINDS = ("wronged", "deferred", "unavailable", "approved")
PEOPLE = 1_000_000


class Silent:
    """Nobody watches."""

    def begin(self, total: int, kept: int) -> None:
        """More points."""

    def done(self, point: Point, result: Result) -> None:
        """One more is known."""


def main() -> None:
    """Print a table of what was forecast and what was seen."""
    print("| scenario | part | told | forecast | 95 % of new runs | whole system | error | inside | doubling |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for name in sys.argv[1:] or SCENARIOS:
        with TemporaryDirectory() as place:
            for line in rows(name, Path(place) / "job"):
                print(line, flush=True)


def rows(name: str, place: Path) -> list[str]:
    """The rows of one scenario: each share that anybody was told, one whole run after another beside it."""
    draft = read(catalogue.find(name))
    plan = forecast_plan(draft, people=PEOPLE, peak_hz=TIMES * peak_of(draft.scenario(())), seeds=SEEDS)
    with open_points(plan.job, now=datetime.now(UTC), out=place, on=None, observer=Silent()) as points:
        (found,) = carry_out(plan, points).outlooks
        whole = whole_of(plan, points)
    said = []
    for part in found.parts:
        for kind, figure in part.figures.items():
            side = "ineligible" if kind == "approved" else "eligible"
            groups = [one["parts"][part.name][side] for one in whole]  # type: ignore[index]
            seen = [group["seen"][kind] / group["n"] for group in groups]
            if max(*seen, figure.share.value) > 0.0:
                said.append(f"| {name} | {part.name} | {kind} | {row(figure, seen)} |")
    return said


def whole_of(plan: ForecastPlan, points: Points) -> list[Result]:
    """The whole system, simulated under seeds of its own."""
    seeds = [plan.scenario.seed + OTHER_SEEDS + number for number in range(WHOLE_SEEDS)]
    asked = [Point(f"whole-{seed}", cell_of(plan.scenario, plan.target, TIMES, seed)) for seed in seeds]
    return list(points.results(asked, counted).values())


def row(figure: Figure, seen: list[float]) -> str:
    """Forecast, interval, what was seen, the error of the mean, how many of the whole runs lay inside."""
    share = figure.share
    mean = sum(seen) / len(seen)
    inside = sum(share.low <= one <= share.high for one in seen)
    same = {one.sameness.value for one in figure.doublings}
    doubling = "same" if same == {"same"} else ", ".join(sorted(same - {"same"}))
    interval = f"{share.low * 100:.2f}–{share.high * 100:.2f}"
    error = f"{(share.value - mean) * 100:+.2f} pp"
    return f"{share.value:.2%} | {interval} | {mean:.2%} | {error} | {inside} of {len(seen)} | {doubling}"


if __name__ == "__main__":
    main()
