"""Why a run may not be believed: each doubt, on its own, makes the run inconclusive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from creditstorm.analysis.phases import Phases
from creditstorm.analysis.summary import Span
from creditstorm.credit.evidence import EvidenceStatus
from creditstorm.credit.sources import SERVICES
from creditstorm.record.manifest import Manifest
from creditstorm.scenario.model import Scenario

UNSENT_SHARE: Final = 0.01
LAG_S: Final = 0.05
GENERATOR_CPU: Final = 0.9
MACHINE_CPU: Final = 0.9
HOW_IT_ENDED: Final = {
    "running": "was cut off (the harness was killed)",
    "interrupted": "was interrupted",
    "failed": "failed",
}


@dataclass(frozen=True, slots=True)
class Vitals:
    """The figures of the generator that doubts look at."""

    answers: int
    unsent: int
    unsent_share: float
    lag_p99_s: float | None
    generator_share: float | None
    machine_share: float | None


def doubts_of(
    vitals: Vitals, manifest: Manifest, scenario: Scenario, frame: pl.DataFrame, phases: Phases
) -> tuple[str, ...]:
    """Every doubt in a sentence, the gravest first."""
    counted = {trouble.name: trouble.met for trouble in phases.troubles}
    unmet = [span for span in phases.spans if not _met(frame, span, counted[span.name])]
    return (
        *_about_the_run(manifest, vitals),
        *_about_the_faults(scenario, phases),
        *(f"no request met {span.kind} on {span.target} ({span.name})" for span in unmet),
        *_about_the_generator(vitals),
    )


def _about_the_run(manifest: Manifest, vitals: Vitals) -> Iterator[str]:
    if manifest.ended.how != "completed":
        said = f": {manifest.ended.reason}" if manifest.ended.reason else ""
        yield f"the run {HOW_IT_ENDED.get(manifest.ended.how, manifest.ended.how)}{said}"
    if vitals.answers == 0:
        yield "not one answer came back"
    if manifest.dead_workers:
        numbers = ", ".join(str(index) for index in manifest.dead_workers)
        one = len(manifest.dead_workers) == 1
        yield f"load worker{'' if one else 's'} {numbers} died: {'its' if one else 'their'} arrivals are missing"


def _about_the_faults(scenario: Scenario, phases: Phases) -> Iterator[str]:
    applied = {trouble.name: trouble for trouble in phases.troubles}
    for fault in scenario.faults:
        trouble = applied.get(fault.name)
        what = f"{fault.kind} on {fault.target} ({fault.name})"
        if trouble is None:
            yield f"{what} was never applied"
        elif trouble.unverified is not None:
            yield f"{what} could not be verified{': ' * bool(trouble.unverified)}{trouble.unverified}"
        elif trouble.effective_s is None:
            yield f"{what} was never seen to take effect"


def _about_the_generator(vitals: Vitals) -> Iterator[str]:
    if vitals.unsent_share > UNSENT_SHARE:
        yield f"{vitals.unsent:,} arrivals ({vitals.unsent_share:.1%}) were never sent; at most 1 % may be"
    if vitals.lag_p99_s is not None and vitals.lag_p99_s > LAG_S:
        yield f"the load was sent late: generator lag p99 {vitals.lag_p99_s * 1000:.0f} ms, at most 50 ms may be"
    if vitals.generator_share is not None and vitals.generator_share > GENERATOR_CPU:
        yield f"the load generator was out of CPU ({vitals.generator_share:.0%} of its cores in its busiest 5 s)"
    if vitals.machine_share is not None and vitals.machine_share > MACHINE_CPU:
        yield f"the machine was out of CPU ({vitals.machine_share:.0%} busy on average): the lateness may be its own"


def _met(frame: pl.DataFrame, span: Span, counted: int | None) -> bool:
    """Whether a request met the fault, by the service's own count.

    Where nobody counted: whether an answer that was in flight inside the window shows that the target was asked.
    """
    if counted is not None:
        return counted > 0
    ended = pl.coalesce("done_s", "intended_s")
    inside = pl.col("sent_s").is_not_null() & (pl.col("intended_s") < span.end_s) & (ended > span.start_s)
    if span.target in SERVICES:
        inside &= pl.col(f"{span.target}_status") != EvidenceStatus.SKIPPED.value
    return bool(frame.lazy().select(inside.any().alias("met")).collect().item())
