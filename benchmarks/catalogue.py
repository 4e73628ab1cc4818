"""What the intended policy of each shipped scenario leaves undecided and decides rightly, beside the scenario's bounds.

`python -m benchmarks.catalogue [scenario …]` prints the table of `docs/catalogue.md`: simulated runs, so the same
figures on every machine. About ten minutes of CPU.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from creditstorm.runs.simulate import simulated_summary
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read

SEEDS = (1, 2, 3)
"""None is a seed that a shipped scenario has."""
UNDECIDED, RIGHTLY = "undecided_rate", "decided_rightly_rate"
HEADS = (
    "scenario",
    "policy",
    "undecided, % (surely below)",
    "bound",
    "rightly, % (surely above)",
    "bound",
    "not passed",
)


@dataclass(frozen=True)
class Judged:
    """One run: each rule's figure and its one-sided bounds in per cent, and the rules that did not pass."""

    policy: str
    figures: Mapping[str, tuple[float, float, float]]
    rules: Mapping[str, str]
    against: tuple[str, ...]


def judged(name: str, seed: int) -> Judged:
    """The simulated run of a shipped scenario with the policy it is written for."""
    draft = read(catalogue.find(name))
    scenario = draft.scenario([draft.policy_override("intended", ()), f"seed={seed}"])
    results = simulated_summary(scenario).thresholds
    shares = {one.metric: one for one in results if one.metric in (UNDECIDED, RIGHTLY)}
    return Judged(
        scenario.system.policy.name,
        {metric: _per_cent(one.estimate.value, one.estimate.low, one.estimate.high) for metric, one in shares.items()},
        {metric: one.rule for metric, one in shares.items()},
        tuple(f"{one.metric} {one.rule}: {one.verdict}" for one in results if one.verdict != "pass"),
    )


def _per_cent(value: float | None, low: float | None, high: float | None) -> tuple[float, float, float]:
    return (
        100 * (float("nan") if value is None else value),
        100 * (0.0 if low is None else low),
        100 * (1.0 if high is None else high),
    )


def line(name: str, runs: Sequence[Judged]) -> str:
    """A row of the table: ranges over the seeds, the worst one-sided bound, the rule, what did not pass."""
    against = [rule for run in runs for rule in run.against]
    told = "; ".join(f"{rule} ({against.count(rule)} of {len(runs)})" for rule in dict.fromkeys(against))
    cells = [name, runs[0].policy]
    for metric in (UNDECIDED, RIGHTLY):
        values, lows, highs = zip(*(run.figures[metric] for run in runs), strict=True)
        surely = max(highs) if metric == UNDECIDED else min(lows)
        cells += [f"{min(values):.1f} to {max(values):.1f} ({surely:.1f})", f"`{runs[0].rules[metric]}`"]
    return "| " + " | ".join([*cells, told or "–"]) + " |"


def main(names: Sequence[str] = ()) -> None:
    """Print the table."""
    print("| " + " | ".join(HEADS) + " |")
    print("| --- | --- | ---: | ---: | ---: | ---: | --- |")
    with ProcessPoolExecutor() as cores:
        for name in names or catalogue.names():
            print(line(name, list(cores.map(partial(judged, name), SEEDS))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
