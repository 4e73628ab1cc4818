"""Each rule against what was measured, then the whole run: pass, fail or inconclusive, and what would settle it.

A rule passes only if its whole interval satisfies it, and fails only if none of it does; with a doubt that touches its
figure it does neither. A run fails with any rule; else any doubt makes it inconclusive; it never passes silently.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from creditstorm.analysis.gate.readings import Reading, reading_of
from creditstorm.analysis.measures.rates import Measured, Tally
from creditstorm.analysis.statistics.intervals import lower_bound, upper_bound
from creditstorm.analysis.summary import Estimate, ThresholdResult, Verdict
from creditstorm.analysis.trust import Doubt, DoubtKind
from creditstorm.analysis.validity.doubts import OF_THE_MACHINE, in_few_words, touches
from creditstorm.exit_code import ExitCode
from creditstorm.scenario.model import Threshold
from creditstorm.scenario.threshold import COMPARISONS, Variant


def results_of(
    measured: Measured, thresholds: Sequence[Threshold], doubts: Sequence[Doubt]
) -> tuple[ThresholdResult, ...]:
    """One result a rule, in the order of the scenario."""
    return tuple(_result(threshold, reading_of(measured, threshold), doubts) for threshold in thresholds)


def _result(threshold: Threshold, reading: Reading, doubts: Sequence[Doubt]) -> ThresholdResult:
    verdict, note = judge(threshold, reading)
    more = more_wanted(threshold, reading) if verdict is Verdict.INCONCLUSIVE else None
    verdict, note = doubted(verdict, note, threshold, reading, doubts)
    note = "; ".join(part for part in (note, reading.aside) if part)
    return ThresholdResult(
        metric=threshold.key,
        rule=threshold.text,
        estimate=reading.estimate,
        unit=threshold.unit,
        verdict=verdict,
        note=note,
        more=more,
        counts=threshold.counts,
    )


def doubted(
    verdict: Verdict, note: str, threshold: Threshold, reading: Reading, doubts: Sequence[Doubt]
) -> tuple[Verdict, str]:
    """The verdict and note of a rule once the doubts about its figure are weighed.

    Doubts about the machine leave a fail standing where the hits that an injected fault explains are enough for it;
    too few decided requests never excuse one.
    """
    touching = [doubt for doubt in doubts if touches(doubt, threshold)]
    if verdict is Verdict.FAIL:
        touching = [doubt for doubt in touching if doubt.kind is not DoubtKind.UNDECIDED]
        explained = reading.explained is not None and (
            verdict_of_interval(reading.explained(), threshold.op, threshold.bound) is Verdict.FAIL
        )
        if explained and all(doubt.kind in OF_THE_MACHINE for doubt in touching):
            return verdict, note
    if verdict is Verdict.INCONCLUSIVE or not touching:
        return verdict, note
    said = "satisfied" if verdict is Verdict.PASS else "broken"
    return Verdict.INCONCLUSIVE, f"{said}, but in doubt: {in_few_words(touching)}"


def judge(threshold: Threshold, reading: Reading) -> tuple[Verdict, str]:
    """The verdict of one rule on one reading, and a note where it is not plain."""
    n = reading.estimate.n
    if n == 0:
        return Verdict(threshold.on_no_data), reading.note or "no matching answers"
    if reading.beyond:
        return Verdict.FAIL, reading.note
    if threshold.min_samples is not None and n < threshold.min_samples:
        return Verdict.INCONCLUSIVE, f"{n:,} of the {threshold.min_samples:,} answers that min_samples asks for"
    judged, bound = reading.estimate, threshold.bound
    if reading.judged is not None and reading.share_bound is not None:
        judged, bound = reading.judged, reading.share_bound
    verdict = verdict_of_interval(judged, threshold.op, bound)
    if reading.stretches is not None and verdict is Verdict.INCONCLUSIVE:
        verdict = verdict_of_interval(reading.stretches, threshold.op, bound)
    if verdict is Verdict.INCONCLUSIVE:
        return verdict, reading.note or _what_would_settle(threshold, reading)
    return verdict, reading.note


def more_wanted(threshold: Threshold, reading: Reading) -> int | None:
    """How many more would settle an open rule, if they were like these; None where that is not known."""
    n = reading.estimate.n
    short = max(0, threshold.min_samples - n) if threshold.min_samples is not None and n else 0
    if reading.share is None or reading.share_bound is None:
        return short or None
    more = more_needed(reading.share, reading.share_bound, reading.worth)
    return None if more is None else max(more, short) or None


def _what_would_settle(threshold: Threshold, reading: Reading) -> str:
    if reading.share is None or reading.share_bound is None:
        return "the interval holds the bound: more answers would narrow it"
    if not 0.0 < reading.share_bound < 1.0:
        return "no number of answers proves a share of exactly 0 % or 100 %: give a bound between, such as < 0.1 %"
    more = more_needed(reading.share, reading.share_bound, reading.worth)
    if more is None:
        return "the measured figure is at the bound: no number of answers would settle it"
    if more == 0:  # as many independent answers would do: these are clustered
        return "the interval holds the bound: a longer run would narrow it"
    counted = "people" if threshold.variant is Variant.PEOPLE else "answers"
    return f"the interval holds the bound: about {about(more)} more {counted} like these would settle it"


MOST_ANSWERS: Final = 100_000_000


def verdict_of_interval(estimate: Estimate, op: str, bound: float) -> Verdict:
    """Pass where the whole interval satisfies the rule, fail where none of it does; a missing end satisfies neither."""
    holds = COMPARISONS[op]
    upward = op in (">", ">=")
    worst, best = (estimate.low, estimate.high) if upward else (estimate.high, estimate.low)
    if worst is not None and holds(worst, bound):
        return Verdict.PASS
    if best is not None and not holds(best, bound):
        return Verdict.FAIL
    return Verdict.INCONCLUSIVE


def more_needed(tally: Tally, bound: float, worth: float = 1.0) -> int | None:
    """How many more answers would settle a share against its bound, if the share stayed as it is.

    Each is `worth` that many independent ones. 0 where they do already, None where no number would: the share is the
    bound, or the bound is 0 or 1.
    """
    if tally.n == 0 or tally.hits / tally.n == bound or not 0.0 < bound < 1.0:
        return None
    share = tally.hits / tally.n
    high = tally.n
    if _settled(share, high * worth, bound):
        return 0
    while not _settled(share, high * worth, bound):
        high *= 2
        if high > MOST_ANSWERS:
            return None
    low = high // 2
    while high - low > max(1, high // 100):
        middle = (low + high) // 2
        low, high = (low, middle) if _settled(share, middle * worth, bound) else (middle, high)
    return max(1, high - tally.n)


def _settled(share: float, worth: float, bound: float) -> bool:
    n = max(1, math.floor(worth + 1e-9))
    hits = round(share * n)
    return upper_bound(hits, n) < bound if share < bound else lower_bound(hits, n) > bound


def about(count: int) -> str:
    """A count in two figures, as people say it: 1,234 is "1,200"."""
    size = max(0, math.floor(math.log10(max(1, count))) - 1)
    return f"{math.ceil(count / 10**size) * 10**size:,}"


EXIT_CODES: Final = {verdict: ExitCode[verdict.name] for verdict in Verdict}
"""The word of a verdict is the word of its exit code."""


@dataclass(frozen=True, slots=True)
class RunVerdict:
    """The verdict with its exit code; `note` says why where no threshold does."""

    verdict: Verdict
    exit_code: ExitCode
    note: str


def verdict_of(thresholds: Sequence[ThresholdResult], doubts: Sequence[Doubt]) -> RunVerdict:
    """The verdict of the run; its note names the doubts, whose sentences stand in the honesty box."""
    verdicts = {result.verdict for result in thresholds}
    in_doubt = f"in doubt: {in_few_words(doubts)}" if doubts else ""
    if Verdict.FAIL in verdicts:
        return _verdict(Verdict.FAIL, in_doubt)
    if doubts or Verdict.INCONCLUSIVE in verdicts:
        return _verdict(Verdict.INCONCLUSIVE, in_doubt)
    return _verdict(Verdict.PASS, "" if thresholds else "no thresholds: nothing was asked of this run")


def _verdict(verdict: Verdict, note: str) -> RunVerdict:
    return RunVerdict(verdict, EXIT_CODES[verdict], note)
