"""Figures as text: one way to write a share, a time, a count or money everywhere a person reads them."""

import math
import re
from collections.abc import Sequence
from typing import Final

from creditstorm.analysis.summary import GREATEST, Estimate, ThresholdResult
from creditstorm.analysis.trust import Honesty
from creditstorm.credit.evidence import EvidenceStatus
from creditstorm.scenario.threshold import Unit
from creditstorm.units import percent_text

NONE: Final = "–"
"""What stands where a figure cannot be given."""

_BELIEVABLE: Final = (EvidenceStatus.EMPTY, EvidenceStatus.STALE)
NO_BREAK: Final = "\u00a0"
_UNIT: Final = re.compile(r"(?<=\d) (?=%|ms\b|s\b|min\b)|(?<=n =) (?=\d)")


def tied(text: str) -> str:
    """The text with a no-break space between each number and its unit, for where lines are folded."""
    return _UNIT.sub(NO_BREAK, text)


def count(value: int) -> str:
    """A whole number with separators: 1,204."""
    return f"{value:,}"


def percent(share: float | None) -> str:
    """A share as per cent with one decimal; what is not quite 0 or 1 is never rounded to it."""
    return NONE if share is None or math.isnan(share) else percent_text(share)


def interval(estimate: Estimate) -> str:
    """The interval of a share without its unit: [24.0–26.7]; an end that is exactly 0 or 100 has no decimals."""
    if estimate.low is None or estimate.high is None:
        return ""
    low, high = (f"{100.0 * end:.{0 if end in (0.0, 1.0) else 1}f}" for end in (estimate.low, estimate.high))
    return f"[{low}–{high}]"


def seconds(value: float | None) -> str:
    """A time in the unit that fits: 4 ms, 2.31 s, 75 s."""
    if value is None or math.isnan(value):
        return NONE
    if abs(value) < 1.0:
        return f"{1000.0 * value:.0f} ms"
    digits = 2 if abs(value) < 10.0 else 1
    text = f"{value:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.')} s"


def worst_lag(honesty: Honesty) -> str:
    """How late a process came round at worst, and which and when; empty where a record does not know."""
    return (
        ""
        if honesty.worst_lag_s is None
        else f" · worst lag {seconds(honesty.worst_lag_s)} ({honesty.worst_lag_where})"
    )


def between(start_s: float, end_s: float) -> str:
    """A stretch of time: 20.0–35.0 s."""
    return f"{start_s:.1f}–{end_s:.1f} s"


def money(cny: int) -> str:
    """Whole yuan: ¥1,200,000."""
    return f"¥{cny:,}"


def plain(value: float | None) -> str:
    """A number without a unit, two decimals."""
    return NONE if value is None or math.isnan(value) else f"{value:.2f}"


def in_unit(estimate: Estimate, unit: Unit) -> str:
    """The value of a threshold's estimate in the unit of its rule."""
    if unit == Unit.SHARE:
        return percent(estimate.value)
    return seconds(estimate.value) if unit == Unit.SECONDS else plain(estimate.value)


def interval_in(estimate: Estimate, unit: Unit) -> str:
    """The interval of a threshold's estimate in the unit of its rule, empty where there is none, and of a fact."""
    if estimate.low is None or estimate.high is None or estimate.method == GREATEST:
        return ""
    if unit == Unit.SHARE:
        return interval(estimate)
    write = seconds if unit == Unit.SECONDS else plain
    low, high = write(estimate.low), write(estimate.high)
    number, _, name = low.partition(" ")
    return f"[{number if high.endswith(f' {name}') else low}–{high}]"


def measured(result: ThresholdResult, *, with_n: bool = True) -> str:
    """The figure that a rule was judged by: 35.2 % [33.6–36.8] of 2,496 people."""
    estimate = result.estimate
    figure = f"{in_unit(estimate, result.unit)} {interval_in(estimate, result.unit)}".strip()
    if estimate.value is None or not result.counts:
        return figure
    return f"{figure} of {f'{count(estimate.n)} ' if with_n else ''}{result.counts}"


def said_of_intervals(results: Sequence[ThresholdResult]) -> str:
    """What the intervals of the thresholds are: their level and what they cover; empty where none says so."""
    said = {f"{r.estimate.level}, {r.estimate.covers}" for r in results if r.estimate.level}
    return f"in brackets: {'; '.join(sorted(said))}" if said else ""


def cause(text: str | None) -> str:
    """A cause as words: ``late:bureau`` is "bureau late". What is empty or stale decides only if it is not believed."""
    if not text:
        return NONE
    family, _, detail = text.partition(":")
    doubted = ", not believed" if family in _BELIEVABLE else ""
    return f"{detail} {family}{doubted}" if detail else text
