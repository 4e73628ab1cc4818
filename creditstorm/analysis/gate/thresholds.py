"""Each rule of the scenario against what was measured: pass, fail or inconclusive, and what would settle it.

A rule passes only if its whole interval satisfies it and the run is not in doubt; a fail is a fail in any case.
"""

from __future__ import annotations

from collections.abc import Sequence

from creditstorm.analysis.gate.decide import about, more_needed, verdict_of_interval
from creditstorm.analysis.gate.readings import Reading, reading_of
from creditstorm.analysis.measures.measured import Measured
from creditstorm.analysis.summary import ThresholdResult, Verdict
from creditstorm.scenario.model import Threshold


def results_of(
    measured: Measured, thresholds: Sequence[Threshold], doubts: Sequence[str]
) -> tuple[ThresholdResult, ...]:
    """One result a rule, in the order of the scenario."""
    return tuple(_result(threshold, reading_of(measured, threshold), doubts) for threshold in thresholds)


def _result(threshold: Threshold, reading: Reading, doubts: Sequence[str]) -> ThresholdResult:
    verdict, note = judge(threshold, reading)
    if verdict is Verdict.PASS and doubts:
        verdict, note = Verdict.INCONCLUSIVE, f"satisfied, but the run is in doubt: {doubts[0]}"
    return ThresholdResult(threshold.key, threshold.text, reading.estimate, threshold.unit, verdict, note)


def judge(threshold: Threshold, reading: Reading) -> tuple[Verdict, str]:
    """The verdict of one rule on one reading, and a note where it is not plain."""
    n = reading.estimate.n
    if n == 0:
        return Verdict(threshold.on_no_data), reading.note or "no matching answers"
    if reading.beyond:
        return Verdict.FAIL, reading.note
    if threshold.min_samples is not None and n < threshold.min_samples:
        return Verdict.INCONCLUSIVE, f"{n:,} of the {threshold.min_samples:,} answers that min_samples asks for"
    verdict = verdict_of_interval(reading.estimate, threshold.op, threshold.bound)
    if verdict is Verdict.INCONCLUSIVE:
        return verdict, reading.note or _what_would_settle(reading)
    return verdict, reading.note


def _what_would_settle(reading: Reading) -> str:
    if reading.share is None or reading.share_bound is None:
        return "the interval holds the bound: more answers would narrow it"
    if not 0.0 < reading.share_bound < 1.0:
        return "no number of answers proves a share of exactly 0 % or 100 %: give a bound between, such as < 0.1 %"
    more = more_needed(reading.share, reading.share_bound)
    if more is None:
        return "the measured figure is at the bound: no number of answers would settle it"
    return f"the interval holds the bound: about {about(more)} more answers like these would settle it"
