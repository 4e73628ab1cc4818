"""What a run is going to be, before it begins: who asks, how fast, how many rows, how much memory, what each rule sees.

All from the pure schedule of the load; what depends on how people are answered is told between its two ends.
"""

import math
from dataclasses import dataclass
from typing import Final

from creditstorm.runs.beforehand.forewarn import MOST_PLANNED
from creditstorm.runs.beforehand.planned import Planned, expected, peak_hz, planned_of
from creditstorm.runs.beforehand.samples import sample_of
from creditstorm.scenario.model import Scenario

MEMORY_AT_REST_MB: Final = 250.0
MEMORY_A_ROW_MB: Final = 0.0021
"""Peak of sealing and analysis: 266 MB at 6,650 rows, 664 at 199,500 and 1,468 at 598,500, one process each."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How many of what a rule is going to be judged by; `n` is None where only the run can tell."""

    rule: str
    n: int | None
    counts: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """Numbers of a planned run; those that a closed model does not plan are None.

    `rows` is where everybody is answered rightly, `rows_at_worst` where each answer is the one after which most tap
    again; `memory_mb` is for those.
    """

    duration_s: float
    people: int | None
    peak_hz: float | None
    rows: int | None
    rows_at_worst: int | None
    memory_mb: int | None
    samples: tuple[Seen, ...]


def expectation_of(scenario: Scenario) -> Expectation:
    """What is to be expected of a run of this scenario."""
    if scenario.load.arrivals is None:
        unknown = tuple(Seen(f"{rule.key} {rule.text}", None, "") for rule in scenario.thresholds)
        return Expectation(scenario.load.duration_s, None, None, None, None, None, unknown)
    planned = planned_of(scenario)
    people = expected(planned.stages)
    calm = people * (planned.approved + (1 - planned.approved) * planned.taps_of_declined)
    worst = people * taps_at_worst(scenario)
    return Expectation(
        duration_s=scenario.load.duration_s,
        people=round(people),
        peak_hz=peak_hz(planned.stages),
        rows=round(calm),
        rows_at_worst=round(worst),
        memory_mb=round(MEMORY_AT_REST_MB + MEMORY_A_ROW_MB * worst),
        samples=tuple(_seen(planned, place, people) for place in range(len(scenario.thresholds))),
    )


def taps_at_worst(scenario: Scenario) -> float:
    """How often somebody taps on average who gets, each time, the answer after which most tap again."""
    retap = scenario.load.retap
    again = max(retap.no_credit, retap.error, retap.timeout, retap.undetermined)
    return math.fsum(again**nth for nth in range(retap.max_attempts))


def _seen(planned: Planned, place: int, people: float) -> Seen:
    rule = planned.scenario.thresholds[place]
    name = f"{rule.key} {rule.text}"
    sample = sample_of(planned, rule) if people <= MOST_PLANNED else None
    return Seen(name, None, "") if sample is None else Seen(name, sample.n, sample.noun)
