"""Which rules a storm breaks so clearly that another run of it, live or simulated, may be trusted to break them too."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Final

from scipy import stats
from creditstorm.analysis.agreement.margins import LATENCY, RATE, RECOVERY
from creditstorm.analysis.summary import ThresholdResult, Verdict
from creditstorm.scenario.model import Threshold
from creditstorm.scenario.threshold import Operator, Unit

SURE: Final = 0.95


@dataclass(frozen=True, slots=True)
class ClearlyBroken:
    """A rule that every run broke, and what they measured.

    With 95 % confidence the bound of another run lies beyond `beyond`, which is farther from the rule than a simulated
    figure may be off a live one. Nothing is measured of a rule that is broken without a figure: no recovery came.
    """

    rule: str
    unit: Unit
    values: tuple[float, ...]
    beyond: float | None


def clearly_broken(
    runs: Sequence[Sequence[ThresholdResult]], thresholds: Sequence[Threshold]
) -> tuple[ClearlyBroken, ...]:
    """The rules, in their order; `runs` are of one storm under several seeds, of a single one its own bound counts."""
    found = (_clearly(rule, results) for rule, results in zip(thresholds, zip(*runs, strict=True), strict=True))
    return tuple(one for one in found if one is not None)


def _clearly(rule: Threshold, results: Sequence[ThresholdResult]) -> ClearlyBroken | None:
    if any(result.verdict is not Verdict.FAIL for result in results):
        return None
    said = f"{rule.key} {rule.text}"
    values = [result.estimate.value for result in results]
    if any(value is None for value in values):
        return ClearlyBroken(said, rule.unit, (), None)
    sign = -1.0 if rule.op in (Operator.MORE, Operator.AT_LEAST) else 1.0
    ends = [sign * _nearest(result, sign) for result in results]
    lowest = _lower_prediction(ends)
    if lowest <= sign * rule.bound + margin_of(rule):
        return None
    return ClearlyBroken(said, rule.unit, tuple(value for value in values if value is not None), sign * lowest)


def _nearest(result: ThresholdResult, sign: float) -> float:
    """The end of the interval that lies nearest to the bound; the value itself where there is no interval."""
    end = result.estimate.low if sign > 0 else result.estimate.high
    return end if end is not None else result.estimate.value or 0.0


def _lower_prediction(values: Sequence[float]) -> float:
    """Above which the next value lies with 95 % confidence: mean - t s sqrt(1 + 1/n)."""
    n = len(values)
    if n == 1:
        return values[0]
    return fmean(values) - float(stats.t.ppf(SURE, n - 1)) * stdev(values) * math.sqrt(1.0 + 1.0 / n)


def margin_of(rule: Threshold) -> float:
    """How far beyond its bound a rule has to be broken: as much as a simulated figure may be off a live one.

    Half of what is left where a share could not be so far beyond.
    """
    if rule.unit is Unit.SHARE:
        left = rule.bound if rule.op in (Operator.MORE, Operator.AT_LEAST) else 1.0 - rule.bound
        return min(RATE.of(rule.bound), left / 2.0)
    if rule.metric == "recovery_time":
        return RECOVERY.of(rule.bound)
    return (LATENCY if rule.unit is Unit.SECONDS else RATE).of(rule.bound)
