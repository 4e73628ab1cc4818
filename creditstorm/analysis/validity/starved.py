"""Whether this machine starved a process of ours: how late it came round in each judged second, what it ran out of.

Busyness without lateness is no harm, and a mean over the load hides a peak. So every second of every process counts,
and what a second must not be late by follows from what people and lender wait for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
from creditstorm.analysis.phases import Phases
from creditstorm.analysis.trust import Doubt, DoubtKind
from creditstorm.analysis.validity.doubts import GeneratorHealth
from creditstorm.credit.sources import SERVICES
from creditstorm.scenario.faults.process import ProcessFault
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.threshold import Unit
from creditstorm.strain import IN_WORDS

LATE_SHARE: Final = 0.1
"""A request passes about ten loops on its way (the app's, the proxies', the services', the lender's for each answer):
each a tenth of a deadline late use it up."""
NEVER_LATE_S: Final = 0.05
"""Less than this is never too late, as it is for the arrivals of the load."""
SECOND_S: Final = 1.0
AFTERMATH_S: Final = 2.0
"""A process that stood still tells of it in the second after it goes on."""
GENERATOR_CPU: Final = 0.9
MACHINE_CPU: Final = 0.9
LAG_SINCE: Final = 5
"""The record schema from which on lateness is recorded; of an older record the CPU has to say whether it starved."""
PROBED: Final = "toxiproxy"
_COLUMNS: Final = ("t_s", "service", "lag_s", "waited_s", "ran_out", "ran_out_times")


@dataclass(frozen=True, slots=True)
class Second:
    """One process in the second before `t_s`, or since the start where this is the `first` look at it."""

    process: str
    t_s: float
    lag_s: float | None
    waited_s: float | None
    ran_out: str | None
    times: int
    first: bool

    @property
    def from_s(self) -> float:
        """Where what it tells of began; earlier where the process was late by more."""
        return 0.0 if self.first else self.t_s - max(SECOND_S, self.lag_s or 0.0)


@dataclass(frozen=True, slots=True)
class Bearable:
    """How late a second may be, and what that is a tenth of."""

    lag_s: float
    why: str


def bearable(scenario: Scenario) -> Bearable:
    """A tenth of the shortest time that the scenario speaks of: deadline, time-out of a try, bound on a latency."""
    waits = [(scenario.system.deadline_s, "the deadline")]
    per_try_s = getattr(scenario.system.policy.transport, "per_try_s", None)
    waits += [(per_try_s, "the time-out of a try")] if per_try_s else []
    waits += [
        (rule.bound, f'"{rule.key} {rule.text}"')
        for rule in scenario.thresholds
        if rule.metric in _LATENCIES and rule.unit is Unit.SECONDS and rule.bound > 0
    ]
    shortest_s, what = min(waits)
    if LATE_SHARE * shortest_s < NEVER_LATE_S:
        return Bearable(NEVER_LATE_S, f"the least that counts beside {what} of {shortest_s:g} s")
    return Bearable(LATE_SHARE * shortest_s, f"a tenth of {what}, {shortest_s:g} s")


_LATENCIES: Final = ("answer_latency", "send_latency")


def judged_seconds(services: pa.Table | None, scenario: Scenario, phases: Phases) -> tuple[Second, ...]:
    """The seconds from the warm-up until nobody waited any more, but for those when a fault stopped the process."""
    if services is None:
        return ()
    stopped = list(_stopped(scenario, phases))
    return tuple(
        second
        for second in _in_order(services)
        if second.t_s > phases.warm_up_s
        and second.from_s <= max(phases.last_s, phases.end_s)
        and not any(process == second.process and on_s <= second.t_s <= off_s for process, on_s, off_s in stopped)
    )


def _in_order(services: pa.Table) -> Iterator[Second]:
    """Every row with its instant and process. A starved harness looks seldom: the first look tells of all before it."""
    seen: set[str] = set()
    rows = zip(*(services.column(name).to_pylist() for name in _COLUMNS), strict=True)
    for t_s, process, lag, waited, out, times in rows:
        if process and t_s is not None:
            yield Second(process, t_s, lag, waited, out, times or 0, process not in seen)
            seen.add(process)


def _stopped(scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float, float]]:
    own = {fault.name for fault in scenario.faults if isinstance(fault, ProcessFault)}
    for marks in phases.faults:
        if marks.name in own:
            over_s = float("inf") if marks.cleared_s is None else marks.cleared_s + AFTERMATH_S
            yield marks.target, marks.applied_s, over_s


def worst_of(seconds: Sequence[Second]) -> Second | None:
    """The second with the longest lateness, None where nothing is known of any."""
    return max((one for one in seconds if one.lag_s is not None), key=lambda one: one.lag_s or 0.0, default=None)


def about_the_lateness(seconds: Sequence[Second], scenario: Scenario) -> Iterator[Doubt]:
    """Which process came round too late, when, by how much; and of whom nobody can know, that."""
    worst = worst_of(seconds)
    if unknown := _unknown(seconds):
        who = "the processes" if worst is None else " and ".join(unknown)
        text = f"how late {who} came round was not recorded: whether they were starved cannot be known"
        yield Doubt(DoubtKind.NOT_RECORDED, text)
    if worst is None:
        return
    limit = bearable(scenario)
    late = [one for one in seconds if one.lag_s is not None and one.lag_s > limit.lag_s]
    if late:
        text = f"{_how_late(worst, late)}; at most {limit.lag_s * 1000:.0f} ms may be ({limit.why})"
        yield Doubt(DoubtKind.STARVED, f"{text}: the lateness of answers may be this machine's")


def about_what_ran_out(seconds: Sequence[Second]) -> Iterator[Doubt]:
    """Which process ran out of what, how often, since when; a line for each process and thing."""
    found: dict[tuple[str, str], list[Second]] = {}
    for one in seconds:
        if one.ran_out:
            found.setdefault((one.process, one.ran_out), []).append(one)
    for (process, name), own in found.items():
        times = sum(one.times for one in own)
        how_often = "once" if times == 1 else f"{times:,} times"
        text = (
            f"{process} was {IN_WORDS.get(name, 'out of something')} ({name}, {how_often}, from {own[0].t_s:.0f} s on)"
        )
        yield Doubt(DoubtKind.RAN_OUT, f"{text}: what failed for that is this machine's doing")


def about_the_cpu(health: GeneratorHealth) -> Iterator[Doubt]:
    """Of a record without lateness: whether generator or machine were out of CPU; what cannot be known is a doubt."""
    if health.generator_share is not None and health.generator_share > GENERATOR_CPU:
        text = f"the load generator was out of CPU ({health.generator_share:.0%} of its cores in its busiest 5 s)"
        yield Doubt(DoubtKind.GENERATOR_CPU, text)
    if health.machine_share is None:
        text = "the CPU of the machine was not recorded: whether the harness was starved cannot be known"
        yield Doubt(DoubtKind.NOT_RECORDED, text)
    elif health.machine_share > MACHINE_CPU:
        text = f"the machine was out of CPU ({health.machine_share:.0%} busy on average): the lateness may be its own"
        yield Doubt(DoubtKind.MACHINE_CPU, text)


def _unknown(seconds: Sequence[Second]) -> list[str]:
    """Of lender and load, who never said how late they were: a record that knows of a source only proves nothing."""
    known = {one.process for one in seconds if one.lag_s is not None}
    return sorted({"decision", "locust"} - known)


def _how_late(worst: Second, late: Sequence[Second]) -> str:
    own = [one for one in late if one.process == worst.process]
    what = "took up to {} to answer a probe" if worst.process == PROBED else "came round up to {} late"
    lag_s = worst.lag_s or 0.0
    lag = f"{lag_s * 1000:.0f} ms" if lag_s < 1.0 else f"{lag_s:.1f} s"
    when = (
        f"at {worst.t_s:.0f} s"
        if len(own) == 1
        else f"in {len(own)} seconds from {own[0].t_s:.0f} to {own[-1].t_s:.0f} s"
    )
    waited = max((one.waited_s for one in own if one.waited_s is not None), default=0.0)
    text = f"{worst.process} {what.format(lag)} ({when}, waiting up to {waited:.1f} s a second for a core)"
    others = sorted({one.process for one in late} - {worst.process}, key=_rank)
    return f"{text}, and so did {', '.join(others)}" if others else text


def _rank(process: str) -> tuple[bool, str]:
    return process in SERVICES, process
