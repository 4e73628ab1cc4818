"""From an interval and a bound to pass, fail or inconclusive, and how many more answers would settle it."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Final

from creditstorm.analysis.measures.rates import Tally
from creditstorm.analysis.statistics.intervals import lower_bound, upper_bound
from creditstorm.analysis.summary import Estimate, Verdict

OPERATORS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MOST_ANSWERS: Final = 100_000_000


def verdict_of_interval(estimate: Estimate, op: str, bound: float) -> Verdict:
    """Pass where the whole interval satisfies the rule, fail where none of it does; a missing end satisfies neither."""
    holds = OPERATORS[op]
    upward = op in (">", ">=")
    worst, best = (estimate.low, estimate.high) if upward else (estimate.high, estimate.low)
    if worst is not None and holds(worst, bound):
        return Verdict.PASS
    if best is not None and not holds(best, bound):
        return Verdict.FAIL
    return Verdict.INCONCLUSIVE


def more_needed(tally: Tally, bound: float) -> int | None:
    """How many more answers would settle a share against its bound, if the share stayed as it is.

    None where no number would: the share is the bound, or the bound is 0 or 1.
    """
    if tally.n == 0 or tally.hits / tally.n == bound or not 0.0 < bound < 1.0:
        return None
    share = tally.hits / tally.n
    high = tally.n
    while not _settled(share, high, bound):
        high *= 2
        if high > MOST_ANSWERS:
            return None
    low = high // 2
    while high - low > max(1, high // 100):
        middle = (low + high) // 2
        low, high = (low, middle) if _settled(share, middle, bound) else (middle, high)
    return max(1, high - tally.n)


def _settled(share: float, n: int, bound: float) -> bool:
    hits = round(share * n)
    return upper_bound(hits, n) < bound if share < bound else lower_bound(hits, n) > bound


def about(count: int) -> str:
    """A count in two figures, as people say it: 1,234 is "1,200"."""
    size = max(0, math.floor(math.log10(max(1, count))) - 1)
    return f"{math.ceil(count / 10**size) * 10**size:,}"
