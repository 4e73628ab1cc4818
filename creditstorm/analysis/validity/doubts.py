"""Why a run may not be believed: each doubt, on its own, makes the run inconclusive."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from creditstorm.analysis.phases import Phases
from creditstorm.analysis.summary import Window
from creditstorm.credit import SERVICES, EvidenceStatus
from creditstorm.record.manifest import Ending, Manifest
from creditstorm.scenario.model import Scenario

UNSENT_SHARE: Final = 0.01
LAG_S: Final = 0.05
GENERATOR_CPU: Final = 0.9
MACHINE_CPU: Final = 0.9
HOW_IT_ENDED: Final = {
    Ending.RUNNING: "was cut off (the harness was killed)",
    Ending.INTERRUPTED: "was interrupted",
    Ending.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class GeneratorHealth:
    """The figures of the generator that doubts look at."""

    answers: int
    unsent: int
    unsent_share: float
    lag_p99_s: float | None
    generator_share: float | None
    machine_share: float | None


def doubts_of(
    health: GeneratorHealth, manifest: Manifest, scenario: Scenario, frame: pl.DataFrame, phases: Phases
) -> tuple[str, ...]:
    """Every doubt in a sentence, the gravest first."""
    counted = {fault.name: fault.met for fault in phases.faults}
    unmet = [window for window in phases.windows if not _met(frame, window, counted[window.name])]
    return (
        *_about_the_run(manifest, health),
        *_about_the_faults(scenario, phases),
        *(f"no request met {window.kind} on {window.target} ({window.name})" for window in unmet),
        *_about_the_generator(health),
    )


def _about_the_run(manifest: Manifest, health: GeneratorHealth) -> Iterator[str]:
    if manifest.ended.how is not Ending.COMPLETED:
        reason = f": {manifest.ended.reason}" if manifest.ended.reason else ""
        yield f"the run {HOW_IT_ENDED[manifest.ended.how]}{reason}"
    if health.answers == 0:
        yield "not one answer came back"
    if manifest.dead_workers:
        numbers = ", ".join(str(index) for index in manifest.dead_workers)
        one = len(manifest.dead_workers) == 1
        yield f"load worker{'' if one else 's'} {numbers} died: {'its' if one else 'their'} arrivals are missing"


def _about_the_faults(scenario: Scenario, phases: Phases) -> Iterator[str]:
    applied = {marks.name: marks for marks in phases.faults}
    for fault in scenario.faults:
        marks = applied.get(fault.name)
        what = f"{fault.kind} on {fault.target} ({fault.name})"
        if marks is None:
            yield f"{what} was never applied"
        elif marks.unverified is not None:
            yield f"{what} could not be verified{': ' * bool(marks.unverified)}{marks.unverified}"
        elif marks.effective_s is None:
            yield f"{what} was never seen to take effect"


def _about_the_generator(health: GeneratorHealth) -> Iterator[str]:
    if health.unsent_share > UNSENT_SHARE:
        yield f"{health.unsent:,} arrivals ({health.unsent_share:.1%}) were never sent; at most 1 % may be"
    if health.lag_p99_s is not None and health.lag_p99_s > LAG_S:
        yield f"the load was sent late: generator lag p99 {health.lag_p99_s * 1000:.0f} ms, at most 50 ms may be"
    if health.generator_share is not None and health.generator_share > GENERATOR_CPU:
        yield f"the load generator was out of CPU ({health.generator_share:.0%} of its cores in its busiest 5 s)"
    if health.machine_share is not None and health.machine_share > MACHINE_CPU:
        yield f"the machine was out of CPU ({health.machine_share:.0%} busy on average): the lateness may be its own"


def _met(frame: pl.DataFrame, window: Window, counted: int | None) -> bool:
    """Whether a request met the fault, by the service's own count.

    Where nobody counted: whether an answer that was in flight inside the window shows that the target was asked.
    """
    if counted is not None:
        return counted > 0
    ended = pl.coalesce("done_s", "intended_s")
    inside = pl.col("sent_s").is_not_null() & (pl.col("intended_s") < window.end_s) & (ended > window.start_s)
    if window.target in SERVICES:
        inside &= pl.col(f"{window.target}_status") != EvidenceStatus.SKIPPED.value
    return bool(frame.lazy().select(inside.any().alias("met")).collect().item())
