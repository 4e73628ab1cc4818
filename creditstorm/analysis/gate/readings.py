"""What a threshold reads: each metric's estimate, with the interval its verdict is drawn from, in the rule's scope."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import polars as pl
from creditstorm.analysis.measures.asked import Part
from creditstorm.analysis.measures.latency import is_decision, left_out
from creditstorm.analysis.measures.rates import Measured, Tally, share_of
from creditstorm.analysis.measures.spent import Spent, spent_of
from creditstorm.analysis.phases import Phases, in_contact, window_column
from creditstorm.analysis.statistics.means import mean_estimate
from creditstorm.analysis.statistics.seconds import Level, Share
from creditstorm.analysis.summary import GREATEST, Estimate
from creditstorm.credit import Outcome
from creditstorm.credit.decision import Answer
from creditstorm.scenario.model import Threshold
from creditstorm.scenario.threshold import METRICS, Operator, Quantile, Rate, Scope, ScopeKind, Variant, Whole


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading; `beyond` marks one that no bound can excuse.

    `share` and `share_bound`, where there are any, ask the same question as a share: they say how many more answers
    would settle it, where each is `worth` that many independent ones; `judged` is that share where the verdict is drawn
    from it and not from the estimate. `note` says why there is no figure, `aside` what it leaves out. `stretches` holds
    wider bounds where the estimate has none. `explained` gives the estimate where only the hits count that an injected
    fault explains.
    """

    estimate: Estimate
    share: Tally | None = None
    share_bound: float | None = None
    beyond: bool = False
    note: str = ""
    explained: Callable[[], Estimate] | None = None
    aside: str = ""
    worth: float = 1.0
    stretches: Estimate | None = None
    judged: Estimate | None = None


def reading_of(measured: Measured, threshold: Threshold) -> Reading:
    """The reading of a threshold's metric."""
    rate = METRICS[threshold.metric].rate
    return READERS[threshold.metric](measured, threshold) if rate is None else _rate(measured, threshold, rate)


def _rate(measured: Measured, threshold: Threshold, rate: Rate) -> Reading:
    if threshold.stable:
        measured = measured.stable or measured
    scope = scope_of(threshold, measured.phases)
    if threshold.variant in (Variant.FIRST, Variant.FINAL):
        scope &= pl.col(threshold.variant.value)
    part = measured.asked.part(scope, of_eligible=rate.of_eligible)
    people = threshold.variant is Variant.PEOPLE
    reading = _share(share_of(part, rate, people=people), threshold.bound)
    if Outcome.WRONGFUL_NO_CREDIT not in rate.outcomes:
        return reading
    return replace(reading, explained=partial(_explained, measured, part, rate, people=people))


def _explained(measured: Measured, part: Part, rate: Rate, *, people: bool) -> Estimate:
    """The share where only those hits count whose request met the fault of a window."""
    met = measured.asked.column(part, in_contact(measured.frame, measured.phases))
    hit = part.having(rate.outcomes) & met
    return (part.people(hit) if people else part.requests(hit)).estimate(Level.GATED)


def _unsent(measured: Measured, threshold: Threshold) -> Reading:
    part = measured.asked.part(scope_of(threshold, measured.phases))
    unsent = measured.asked.column(part, pl.col("answer") == Answer.UNSENT.value)
    return _share(part.requests(unsent), threshold.bound)


def _honest(measured: Measured, threshold: Threshold) -> Reading:
    part = measured.asked.part(scope_of(threshold, measured.phases) & pl.col("honest").is_not_null())
    return _share(part.requests(measured.asked.column(part, pl.col("honest"))), threshold.bound)


def _share(share: Share, bound: float) -> Reading:
    estimate = share.estimate(Level.GATED)
    worth = share.worth(Level.GATED) if share.n and not share.reason else 1.0
    wider = share.stretches(Level.GATED) if share.n and share.reason else None
    tally = Tally(share.hits, share.n)
    return Reading(estimate, tally, bound, note=estimate.reason, worth=worth, stretches=wider)


def _latency(measured: Measured, threshold: Threshold, *, measured_from: str) -> Reading:
    scope = scope_of(threshold, measured.phases)
    reading = _of_decisions(measured, threshold, scope & is_decision(), measured_from)
    without = _without(left_out(measured.frame.lazy().filter(scope)))
    return replace(reading, aside="; ".join(part for part in (reading.aside, without) if part))


def _without(left_out: int) -> str:
    return f"{left_out:,} requests that brought no decision are left out" if left_out else ""


def _of_decisions(measured: Measured, threshold: Threshold, scope: pl.Expr, measured_from: str) -> Reading:
    spent = spent_of(measured.asked.part(scope), measured_from)
    match threshold.aggregation:
        case Quantile(q):
            return _quantile(spent, q, threshold)
        case Whole.MAX:
            n = len(spent.spent_s)
            greatest = float(spent.spent_s.max()) if n else None
            return Reading(Estimate(greatest, greatest, greatest, n, GREATEST))
    return _mean(spent.mean(Level.GATED))


def _quantile(spent: Spent, q: float, threshold: Threshold) -> Reading:
    """A quantile, judged by the share of answers beyond its bound.

    p(99) < b asks the same as: at most 1 % of the answers take b or longer. That share has an interval where the
    quantile itself lies in a lump or a gap of the answers, which its own ranks cannot cross.
    """
    or_equal = threshold.op in (Operator.LESS, Operator.AT_LEAST)
    reading = _share(slower := spent.slower(threshold.bound, or_equal=or_equal), 1.0 - q)
    estimate = spent.quantile(q, Level.GATED)
    beyond = "at or above" if or_equal else "above"
    aside = f"{slower.hits:,} of {slower.n:,} are {beyond} the bound" if estimate.reason else ""
    # The quantile may have an interval by its ranks where the share beyond the bound, which is judged, has none.
    note = f"of the share {beyond} the bound, {reading.note}" if reading.note and not estimate.reason else reading.note
    return replace(reading, estimate=estimate, judged=reading.estimate, aside=aside, note=note)


def _retaps(measured: Measured, threshold: Threshold) -> Reading:
    return _mean(mean_estimate(*measured.asked.part(scope_of(threshold, measured.phases)).attempts(), Level.GATED))


def _mean(estimate: Estimate) -> Reading:
    return Reading(estimate, note=estimate.reason)


def _recovery(measured: Measured, threshold: Threshold) -> Reading:
    """The worst episode, or that of one fault: from what was shown not back to what was shown back for good."""
    wanted = None if threshold.scope is None else threshold.scope.name
    episodes = [part for part in measured.recoveries if wanted is None or wanted in part.faults]
    method = "worst of all episodes" if wanted is None else "the episode of this fault"
    if not episodes:
        return Reading(Estimate(None, None, None, 0, method), note="no fault was verified to take effect")
    seconds = [part.seconds for part in episodes if part.seconds is not None]
    worst = max(seconds) if len(seconds) == len(episodes) else None
    high = None if any(part.relapses for part in episodes) else worst
    estimate = Estimate(worst, max(part.low_s for part in episodes), high, len(episodes), method)
    note = "; ".join(f"{part.name}: {part.note}" for part in episodes if part.note)
    return Reading(estimate, beyond=any(part.metastable for part in episodes), note=note)


def _detection(measured: Measured, threshold: Threshold) -> Reading:
    """The slowest of all faults; a fault that was never noticed is beyond any bound."""
    method = "slowest of all faults"
    wanted = None if threshold.scope is None else threshold.scope.name
    watch = next((watch for watch in measured.monitors if watch.monitor == wanted), None)
    if watch is None or watch.calm is None or not watch.noticed:
        note = watch.note if watch is not None and watch.calm is None else "no fault was verified to take effect"
        return Reading(Estimate(None, None, None, 0, method), note=note)
    never = [one.fault for one in watch.noticed if one.after_s is None]
    if never:
        note = f"never noticed: {', '.join(never)}"
        return Reading(Estimate(None, None, None, len(watch.noticed), method), beyond=True, note=note)
    slowest = max(one.after_s for one in watch.noticed if one.after_s is not None)
    return Reading(Estimate(slowest, slowest, slowest, len(watch.noticed), method), note=watch.note)


READERS: Final[dict[str, Callable[[Measured, Threshold], Reading]]] = {
    "honest_reason_rate": _honest,
    "unsent_share": _unsent,
    "answer_latency": partial(_latency, measured_from="intended"),
    "send_latency": partial(_latency, measured_from="sent"),
    "retap_amplification": _retaps,
    "recovery_time": _recovery,
    "time_to_detection": _detection,
}


def scope_of(threshold: Threshold, phases: Phases) -> pl.Expr:
    """The arrivals a threshold is about; without a scope all that are measured (the warm-up is not)."""
    match threshold.scope:
        case None:
            return pl.col("measured")
        case Scope(ScopeKind.WINDOW, name):
            names = [window.name for window in phases.windows]
            return pl.col(window_column(names.index(name))) if name in names else pl.lit(value=False)
        case Scope(ScopeKind.PHASE, name):
            return pl.col("phase") == name
        case Scope(kind, name):
            return pl.col("measured") & (pl.col(kind.value) == name)
