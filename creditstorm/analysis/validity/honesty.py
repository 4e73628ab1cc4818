"""How far the run can be trusted: what the generator managed to send, how late, at what CPU, and what is in doubt."""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from creditstorm.analysis.measures.asked import Asked
from creditstorm.analysis.phases import Phases
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.statistics.intervals import rank
from creditstorm.analysis.trust import Doubt, Honesty
from creditstorm.analysis.validity import doubts, starved
from creditstorm.analysis.validity.cpu import Cpu, cpu_of
from creditstorm.credit import File, Segment
from creditstorm.credit.decision import Answer
from creditstorm.demand.load_plan import LoadPlan
from creditstorm.record.manifest import Mode
from creditstorm.scenario.threshold import Phase

FEWEST_FOR_LAG: Final = 100
ONE_EPISODE: Final = "one run is one episode: its intervals say nothing about how another run would differ"
SIMULATED: Final = "simulated in virtual time: no machine was busy, so what a busy one adds is in none of the figures"


def honesty_of(run: RunData, asked: Asked, phases: Phases) -> Honesty:
    """The honesty box of a run, over the whole record, warm-up included."""
    frame = asked.frame
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
    busiest = None if generator is None else generator / generator_cores(run)
    health = doubts.GeneratorHealth(answered, unsent, share, lag_s, busiest, machine, _latest_s(frame))
    seconds = starved.judged_seconds(run.services, run.scenario, phases)
    worst = starved.worst_of(seconds)
    return Honesty(
        planned=run.manifest.planned,
        intended=run.answers.num_rows,
        unsent=unsent,
        unsent_share=share,
        achieved_over_intended=achieved / _intended(frame, phases) if _intended(frame, phases) else None,
        generator_lag_p99_s=lag_s,
        cpu_share=machine,
        generator_cpu_cores=cpu.generator_cores,
        doubts=tuple(doubts_of(health, run, frame, phases)),
        worst_lag_s=None if worst is None else worst.lag_s,
        worst_lag_where=None if worst is None else f"{worst.process}, {worst.t_s:.0f} s",
        notes=tuple(_notes(run, asked, cpu, edge)),
    )


def doubts_of(health: doubts.GeneratorHealth, run: RunData, frame: pl.DataFrame, phases: Phases) -> Iterator[Doubt]:
    """Every doubt, the gravest first; where no machine was involved there is none about one."""
    live = run.manifest.mode is Mode.LIVE
    yield from doubts.about_the_run(run.manifest, health)
    yield from doubts.about_the_record(run.damage)
    if live:
        yield from doubts.about_the_clock(run.marks)
    yield from doubts.about_the_faults(run.scenario, phases, run.marks)
    yield from doubts.about_the_plan(run.scenario, phases)
    yield from doubts.about_the_windows(frame, phases)
    if live:
        yield from doubts.about_the_generator(health)
        yield from _of_the_machine(health, run, phases)
    yield from doubts.about_the_decided(frame, phases, run.scenario.thresholds)


def _of_the_machine(health: doubts.GeneratorHealth, run: RunData, phases: Phases) -> Iterator[Doubt]:
    if run.manifest.schema_version < starved.LAG_SINCE:
        yield from starved.about_the_cpu(health)
        return
    seconds = starved.judged_seconds(run.services, run.scenario, phases)
    yield from starved.about_what_ran_out(seconds)
    yield from starved.about_the_lateness(seconds, run.scenario)


def generator_lag_p99_s(frame: pl.DataFrame) -> float | None:
    """The p99 of sent − intended of the scheduled arrivals (first attempts), None below a hundred of them."""
    lag_s = (frame["sent_s"] - frame["intended_s"]).filter(frame["first"]).drop_nulls().to_numpy()
    if len(lag_s) < FEWEST_FOR_LAG:
        return None
    place = rank(len(lag_s), 0.99) - 1
    return float(np.partition(lag_s, place)[place])


def _latest_s(frame: pl.DataFrame) -> float | None:
    """The latest of all scheduled arrivals: the p99 of a load that stood still for 3 s of 600 shows nothing."""
    firsts = frame.lazy().filter("first")
    latest = firsts.select((pl.col("sent_s") - pl.col("intended_s")).max()).collect().item()
    return None if latest is None else float(latest)


def generator_cores(run: RunData) -> int:
    """The cores the generator can use: one a process, as many as the machine has."""
    return max(1, min(run.manifest.processes, run.manifest.host.cores))


def _intended(frame: pl.DataFrame, phases: Phases) -> int:
    in_time = (pl.col("intended_s") <= phases.end_s).fill_null(value=True)
    return int(frame.lazy().select(in_time.sum()).collect().item())


def _notes(run: RunData, asked: Asked, cpu: Cpu, edge: int) -> Iterator[str]:
    yield ONE_EPISODE
    if run.manifest.mode is Mode.SIMULATED:
        yield SIMULATED
    missing = asked.frame.height - run.answers.num_rows
    if missing:
        yield f"{missing:,} planned arrivals were recorded by no worker: they count as unsent"
    if edge:
        yield f"{edge:,} arrivals in flight at the edge of a fault count in the run, but in no window or phase"
    if run.scenario.load.warm_up_s:
        yield f"the warm-up of {run.scenario.load.warm_up_s:g} s is left out of every rate"
    if run.plan is not None and (people := about_the_people(run.plan, asked)):
        yield people
    if cpu.generator_cores is None and cpu.machine_cores is not None:
        yield "the CPU of the generator was not recorded"


SAMPLE: Final = 50_000
"""People of the population whose truth is worked out to compare this seed's with: at 65 % it has an SE of 0.2 pp."""


def about_the_people(plan: LoadPlan, asked: Asked) -> str:
    """How far those whom this seed brought differ from the population; empty where nobody came.

    A calm floor is that of these people: every run of the same file meets them again. Shares differ by z standard
    errors, z = (share − population) / √(p(1 − p)/n); beyond two the seed is an unusual one.
    """
    people = asked.people(pl.col("measured"))
    n = len(people.rows)
    if not n:
        return ""
    spec = plan.population
    scopes = (pl.col("eligible"), pl.col("segment") == Segment.MICRO_BUSINESS.value, pl.col("file") == File.THIN.value)
    creditworthy, micro, thin = (float(asked.column(people, scope).mean()) for scope in scopes)
    shares = (
        _beside("creditworthy", creditworthy, _eligible_share(plan), n),
        _beside("micro businesses", micro, spec.micro_business, n),
        _beside("thin files", thin, spec.thin_file, n),
    )
    return f"this seed's {n:,} people against the population: {', '.join(shares)}"


@lru_cache(maxsize=16)
def _eligible_share(plan: LoadPlan) -> float:
    some = np.arange(min(plan.population.size, SAMPLE), dtype=np.uint64)
    truths, _ = plan.oracle.truths_at(some, np.zeros(len(some)))
    return float(truths.eligible.mean())


def _beside(what: str, share: float | None, of_all: float, n: int) -> str:
    share = share or 0.0
    error = math.sqrt(of_all * (1.0 - of_all) / n)
    z = f"{(share - of_all) / error:+.1f} SE" if error else "exactly"
    return f"{share:.1%} {what} for {of_all:.1%} ({z})"
