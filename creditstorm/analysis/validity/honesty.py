"""How far the run can be trusted: what the generator managed to send, how late, at what CPU, and what is in doubt."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from creditstorm.analysis.frame import RunData
from creditstorm.analysis.phases import Phases
from creditstorm.analysis.statistics.intervals import rank
from creditstorm.analysis.summary import Honesty, Window
from creditstorm.credit import SERVICES, EvidenceStatus
from creditstorm.credit.decision import Answer
from creditstorm.record.manifest import Ending, Manifest
from creditstorm.record.schema import GENERATOR, MACHINE
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.threshold import Phase

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


BUSY_SAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Cpu:
    """Cores in use: the mean of the whole machine, the mean of the generator, its busiest 5 s; None where unrecorded.

    The machine is what was measured of it, other people's processes included, or in a record without that row the
    sum of the run's own processes.
    """

    machine_cores: float | None
    generator_cores: float | None
    generator_busiest_cores: float | None


def cpu_of(services: pa.Table | None, *, until_s: float) -> Cpu:
    """The CPU of the processes between the start of the load and `until_s`, sampled about once a second."""
    if services is None:
        return Cpu(None, None, None)
    columns = services.select(["t_s", "service", "cpu"]).to_pydict()
    rows = zip(columns["service"], columns["t_s"], columns["cpu"], strict=True)
    samples: dict[str, list[tuple[float, float]]] = {}
    for service, t_s, cores in rows:
        if cores is not None and 0.0 <= t_s <= until_s:
            samples.setdefault(service, []).append((t_s, cores))
    means = {service: float(np.mean([cores for _, cores in sorted(own)])) for service, own in samples.items()}
    return Cpu(
        machine_cores=means.get(MACHINE, sum(means[service] for service in sorted(means)) if means else None),
        generator_cores=means.get(GENERATOR),
        generator_busiest_cores=_busiest([cores for _, cores in sorted(samples.get(GENERATOR, []))]),
    )


def _busiest(cores: list[float]) -> float | None:
    busiest = pl.Series(cores, dtype=pl.Float64).rolling_mean(BUSY_SAMPLES).max()
    return float(busiest) if isinstance(busiest, float) else None


FEWEST_FOR_LAG: Final = 100
ONE_EPISODE: Final = "one run is one episode: its intervals say nothing about how another run would differ"


def honesty_of(run: RunData, frame: pl.DataFrame, phases: Phases) -> Honesty:
    """The honesty box of a run, over the whole record, warm-up included."""
    cpu = cpu_of(run.services, until_s=phases.end_s)
    answer = pl.col("answer")
    unsent, answered, achieved, edge = (
        frame.lazy()
        .select(
            (answer == Answer.UNSENT.value).sum().alias("unsent"),
            (~answer.is_in([Answer.UNSENT.value, Answer.TIMEOUT.value])).sum().alias("answered"),
            (pl.col("sent_s") <= max(phases.end_s, 0.0)).sum().alias("achieved"),
            (pl.col("phase") == Phase.EDGE.value).sum().alias("edge"),
        )
        .collect()
        .row(0)
    )
    share = unsent / frame.height if frame.height else 0.0
    lag_s = generator_lag_p99_s(frame)
    generator = cpu.generator_busiest_cores
    machine = None if cpu.machine_cores is None else cpu.machine_cores / run.manifest.host.cores
    health = GeneratorHealth(
        answered, unsent, share, lag_s, None if generator is None else generator / generator_cores(run), machine
    )
    return Honesty(
        planned=run.manifest.planned,
        intended=run.answers.num_rows,
        unsent=unsent,
        unsent_share=share,
        achieved_over_intended=achieved / _intended(frame, phases) if _intended(frame, phases) else None,
        generator_lag_p99_s=lag_s,
        cpu_share=machine,
        generator_cpu_cores=cpu.generator_cores,
        doubts=doubts_of(health, run.manifest, run.scenario, frame, phases),
        notes=tuple(_notes(run, frame, cpu, edge)),
    )


def generator_lag_p99_s(frame: pl.DataFrame) -> float | None:
    """The p99 of sent − intended of the scheduled arrivals (first attempts), None below a hundred of them."""
    lag = frame.lazy().filter(pl.col("first") & pl.col("sent_s").is_not_null())
    ordered = np.sort(lag.select(pl.col("sent_s") - pl.col("intended_s")).collect().to_series().to_numpy())
    return float(ordered[rank(len(ordered), 0.99) - 1]) if len(ordered) >= FEWEST_FOR_LAG else None


def generator_cores(run: RunData) -> int:
    """The cores the generator can use: one a process, as many as the machine has."""
    return max(1, min(run.manifest.processes, run.manifest.host.cores))


def _intended(frame: pl.DataFrame, phases: Phases) -> int:
    in_time = (pl.col("intended_s") <= phases.end_s).fill_null(value=True)
    return int(frame.lazy().select(in_time.sum()).collect().item())


def _notes(run: RunData, frame: pl.DataFrame, cpu: Cpu, edge: int) -> Iterator[str]:
    yield ONE_EPISODE
    missing = frame.height - run.answers.num_rows
    if missing:
        yield f"{missing:,} planned arrivals were recorded by no worker: they count as unsent"
    if edge:
        yield f"{edge:,} arrivals in flight at the edge of a fault count in the run, but in no window or phase"
    if run.scenario.load.warm_up_s:
        yield f"the warm-up of {run.scenario.load.warm_up_s:g} s is left out of every rate"
    if cpu.generator_cores is None:
        yield "the CPU of the processes was not recorded"
