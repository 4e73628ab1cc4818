"""What may not be believed of a run, and which rules that touches: with a doubt they neither pass nor fail."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from creditstorm.analysis.drawn import Window
from creditstorm.analysis.phases import Phases, contact, timed, window_column
from creditstorm.analysis.trust import Doubt, DoubtKind
from creditstorm.credit import Outcome
from creditstorm.record.manifest import Ending, Manifest
from creditstorm.record.marks import ClockJumped, FaultMissed, HarnessStalled, Mark
from creditstorm.scenario.faults import FaultBase
from creditstorm.scenario.model import Scenario, Threshold
from creditstorm.scenario.threshold import METRICS, Phase, ScopeKind

UNSENT_SHARE: Final = 0.01
LAG_S: Final = 0.05
LATEST_S: Final = 1.0
EARLY_S: Final = 0.25
DECIDED: Final = 0.5
"""The least share of eligible requests that must be decided, in the run and in every window, where no rule says it."""
HOW_IT_ENDED: Final = {
    Ending.RUNNING: "was cut off (the harness was killed)",
    Ending.INTERRUPTED: "was interrupted",
    Ending.STOPPED: "was stopped by an alarm",
    Ending.FAILED: "failed",
}
OF_THE_MACHINE: Final = frozenset(
    {
        *(DoubtKind.UNSENT, DoubtKind.LATE, DoubtKind.GENERATOR_CPU, DoubtKind.MACHINE_CPU),
        *(DoubtKind.NOT_RECORDED, DoubtKind.CLOCK, DoubtKind.STARVED, DoubtKind.RAN_OUT),
    }
)
"""Doubts that the machine, and not the lender, is to blame."""
OF_A_FAULT: Final = frozenset({DoubtKind.FAULT, DoubtKind.WINDOW})
LABELS: Final = {
    DoubtKind.ENDED: "the run did not complete",
    DoubtKind.NO_ANSWERS: "no answers",
    DoubtKind.WORKER_DIED: "a load worker died",
    DoubtKind.UNSENT: "arrivals unsent",
    DoubtKind.LATE: "load sent late",
    DoubtKind.GENERATOR_CPU: "generator out of CPU",
    DoubtKind.MACHINE_CPU: "machine out of CPU",
    DoubtKind.NOT_RECORDED: "lateness not recorded",
    DoubtKind.STARVED: "a process came round late",
    DoubtKind.RAN_OUT: "the machine ran out",
    DoubtKind.CLOCK: "clock jumped",
    DoubtKind.FAULT: "fault not met",
    DoubtKind.WINDOW: "fault not when planned",
    DoubtKind.UNDECIDED: "too few decided",
    DoubtKind.DAMAGED: "record damaged",
}
"""What a doubt is called where its sentence stands elsewhere."""
_UNDECIDED: Final = (Outcome.DEFERRED, Outcome.UNAVAILABLE)
_BOUNDS_UNDECIDED: Final = ("undecided_rate", "decided_rightly_rate")
RECOVERY: Final = "recovery_time"
_OF_THE_GENERATOR: Final = "unsent_share"
_DETECTION: Final = "time_to_detection"


@dataclass(frozen=True, slots=True)
class GeneratorHealth:
    """The figures of the generator that doubts look at; None where it cannot be known."""

    answers: int
    unsent: int
    unsent_share: float
    lag_p99_s: float | None
    generator_share: float | None
    machine_share: float | None
    latest_s: float | None = None


def touches(doubt: Doubt, threshold: Threshold) -> bool:
    """Whether the figure of a threshold may be wrong for the reason of this doubt.

    ======================  ===================================================================================
    of the machine          everything that a late or starved harness can change; not `unsent_share`, its own measure
    of a fault              the whole run, that fault's window, what comes after it; not calm, not another's window
    too few decided         whatever does not itself count the undecided
    others                  everything
    ======================  ===================================================================================
    """
    if doubt.kind in OF_THE_MACHINE:
        return threshold.metric != _OF_THE_GENERATOR
    if doubt.kind is DoubtKind.UNDECIDED and _counts_undecided(threshold):
        return False
    return doubt.window is None or _reaches(threshold, doubt.window)


def _reaches(threshold: Threshold, window: str) -> bool:
    scope = threshold.scope
    # A recovery is that of an episode, which a fault of any other name may belong to.
    if scope is None or threshold.metric == RECOVERY:
        return True
    if scope.kind is ScopeKind.WINDOW:
        return scope.name == window
    return scope.kind is not ScopeKind.PHASE or scope.name not in (Phase.CALM, Phase.WARM_UP)


def _counts_undecided(threshold: Threshold) -> bool:
    rate = METRICS[threshold.metric].rate
    undecided = rate is not None and not rate.outcomes.isdisjoint(_UNDECIDED)
    return undecided or threshold.metric in (*_BOUNDS_UNDECIDED, _OF_THE_GENERATOR, RECOVERY, _DETECTION)


def in_few_words(doubts: Iterable[Doubt]) -> str:
    """Their kinds, each named once."""
    return ", ".join(dict.fromkeys(LABELS[doubt.kind] for doubt in doubts))


def about_the_run(manifest: Manifest, health: GeneratorHealth) -> Iterator[Doubt]:
    """How it ended, whether anything came back, who died in it."""
    if manifest.ended.how is not Ending.COMPLETED:
        reason = f": {manifest.ended.reason}" if manifest.ended.reason else ""
        yield Doubt(DoubtKind.ENDED, f"the run {HOW_IT_ENDED[manifest.ended.how]}{reason}")
    if health.answers == 0:
        yield Doubt(DoubtKind.NO_ANSWERS, "not one answer came back")
    if manifest.dead_workers:
        numbers = ", ".join(str(index) for index in manifest.dead_workers)
        one = len(manifest.dead_workers) == 1
        text = f"load worker{'' if one else 's'} {numbers} died: {'its' if one else 'their'} arrivals are missing"
        yield Doubt(DoubtKind.WORKER_DIED, text)


def about_the_record(damage: Iterable[str]) -> Iterator[Doubt]:
    """Parts of the record that could not be read: what they would have shown is not known."""
    for said in damage:
        yield Doubt(DoubtKind.DAMAGED, said)


def about_the_faults(scenario: Scenario, phases: Phases, marks_of_run: Iterable[Mark] = ()) -> Iterator[Doubt]:
    """Faults that were not applied, not verified or never seen."""
    applied = {marks.name: marks for marks in phases.faults}
    overdue = {mark.fault: mark.overdue_s for mark in marks_of_run if isinstance(mark, FaultMissed)}
    for fault in scenario.faults:
        marks = applied.get(fault.name)
        what = f"{fault.kind} on {fault.target} ({fault.name})"
        if marks is None:
            late = f": the harness came {overdue[fault.name]:.1f} s late to it" if fault.name in overdue else ""
            asked = f" where {fault.at_s:.1f}–{fault.end_s:.1f} s were asked for{late}" if late else ""
            yield Doubt(DoubtKind.FAULT, f"{what} was never applied{asked}", fault.name)
        elif marks.unverified is not None:
            why = f": {marks.unverified}" if marks.unverified else ""
            yield Doubt(DoubtKind.FAULT, f"{what} could not be verified{why}", fault.name)
        elif marks.effective_s is None:
            yield Doubt(DoubtKind.FAULT, f"{what} was never seen to take effect", fault.name)


def about_the_windows(frame: pl.DataFrame, phases: Phases) -> Iterator[Doubt]:
    """Windows in which nobody asked, or nobody of those whom rules are about, or whose fault no request met."""
    counted = {fault.name: fault.met for fault in phases.faults}
    known = bool(frame["eligible"].any())
    for index, window in enumerate(phases.windows):
        what = f"{window.kind} on {window.target} ({window.name})"
        asked = pl.col(window_column(index)) & (pl.col("sent_s").is_not_null())
        when = f"{window.start_s:.1f}–{window.end_s:.1f} s"
        if not frame.lazy().select(asked.any()).collect().item():
            yield Doubt(DoubtKind.FAULT, f"nobody asked while {what} was on, {when}", window.name)
        elif known and not frame.lazy().select((asked & pl.col("eligible")).any()).collect().item():
            # Who is rightly refused taps again, and may be all that is left of people where no new ones come.
            text = f"nobody creditworthy asked while {what} was on, {when}"
            yield Doubt(DoubtKind.FAULT, text, window.name)
        elif not met(frame, window, counted[window.name]):
            yield Doubt(DoubtKind.FAULT, f"no request met {what}", window.name)


def about_the_generator(health: GeneratorHealth) -> Iterator[Doubt]:
    """Whether the load was sent, and sent in time."""
    if health.unsent_share > UNSENT_SHARE:
        text = f"{health.unsent:,} arrivals ({health.unsent_share:.1%}) were never sent; at most 1 % may be"
        yield Doubt(DoubtKind.UNSENT, text)
    if health.lag_p99_s is not None and health.lag_p99_s > LAG_S:
        text = f"the load was sent late: generator lag p99 {health.lag_p99_s * 1000:.0f} ms, at most 50 ms may be"
        yield Doubt(DoubtKind.LATE, text)
    elif health.latest_s is not None and health.latest_s > LATEST_S:
        text = f"an arrival was sent {health.latest_s:.1f} s late, at most {LATEST_S:g} s may be: the load stood still"
        yield Doubt(DoubtKind.LATE, text)


def about_the_decided(frame: pl.DataFrame, phases: Phases, thresholds: Sequence[Threshold]) -> Iterator[Doubt]:
    """The run, and each window, in which fewer than half of the eligible requests were decided.

    Silent where a rule bounds the undecided there: a scenario without one could otherwise be passed by saying nothing.
    """
    ruled = [rule.scope for rule in thresholds if rule.metric in _BOUNDS_UNDECIDED]
    if None in ruled:
        return
    asked = frame.lazy().filter("measured", "eligible")
    if doubt := _too_few(asked, "over the whole run", None):
        yield doubt
    windows = {scope.name for scope in ruled if scope is not None and scope.kind is ScopeKind.WINDOW}
    for index, window in enumerate(phases.windows):
        where = f"while {window.kind} on {window.target} ({window.name}) was on"
        inside = asked.filter(window_column(index))
        if window.name not in windows and (doubt := _too_few(inside, where, window.name)):
            yield doubt


def _too_few(asked: pl.LazyFrame, where: str, window: str | None) -> Doubt | None:
    decided = ~pl.col("outcome").is_in([outcome.value for outcome in _UNDECIDED])
    hits, n = asked.select(decided.sum(), pl.len().alias("n")).collect().row(0)
    if n == 0 or hits >= DECIDED * n:
        return None
    text = f"{hits:,} of {n:,} requests of creditworthy people were decided {where} ({hits / n:.0%}): at least half"
    return Doubt(DoubtKind.UNDECIDED, f"{text} must be, or a threshold on undecided_rate says how many", window)


def met(frame: pl.DataFrame, window: Window, counted: int | None) -> bool:
    """Whether a request met the fault: by the service's own count, else by the calls to its target."""
    if counted is not None:
        return counted > 0
    return bool(frame.lazy().select(contact(window, timed=timed(frame, window)).any()).collect().item())


def about_the_plan(scenario: Scenario, phases: Phases) -> Iterator[Doubt]:
    """Faults that were on at another time than they were asked for: late, too short, too long or without an end."""
    planned = {fault.name: fault for fault in scenario.faults}
    for marks in phases.faults:
        asked = planned.get(marks.name)
        if asked is None or marks.effective_s is None or marks.unverified is not None:
            continue
        if marks.cleared_s is None:
            was = f"on from {marks.effective_s:.1f} s and never seen to end"
        elif _strays(asked, marks.effective_s, marks.cleared_s):
            was = f"on {marks.effective_s:.1f}–{marks.cleared_s:.1f} s"
        else:
            continue
        text = f"{marks.kind} on {marks.target} ({marks.name}) was {was}"
        yield Doubt(DoubtKind.WINDOW, f"{text} where {asked.at_s:.1f}–{asked.end_s:.1f} s were asked for", marks.name)


def _strays(asked: FaultBase, on_s: float, off_s: float) -> bool:
    """Whether a window is not the one asked for, beyond what its kind takes to begin and to end."""
    late = not asked.at_s - EARLY_S <= on_s <= asked.at_s + asked.begins_within_s
    long = off_s > asked.end_s + asked.ends_within_s
    short = not asked.ends_itself and (off_s < asked.end_s - EARLY_S or off_s - on_s < asked.for_s / 2)
    return late or long or short


def about_the_clock(marks: Iterable[Mark]) -> Iterator[Doubt]:
    """Whether the harness stood still, or the machine slept, while the load was on."""
    lost = [mark for mark in marks if isinstance(mark, HarnessStalled | ClockJumped)]
    for kind, what in ((HarnessStalled, "the harness stood still"), (ClockJumped, "the machine was asleep")):
        spans = [mark for mark in lost if isinstance(mark, kind)]
        if spans:
            times = "once" if len(spans) == 1 else f"{len(spans)} times"
            seen = f"for {sum(span.seconds for span in spans):.1f} s ({times}, noticed at {spans[0].t_s:.1f} s)"
            text = f"{what} {seen}: what was injected and measured meanwhile may not be what was asked for"
            yield Doubt(DoubtKind.CLOCK, text)
