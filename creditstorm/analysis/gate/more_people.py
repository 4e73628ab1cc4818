"""How many more people would settle the open thresholds, and what makes of the same storm one that they come to."""

import json
import math
from collections.abc import Sequence
from typing import Final

from creditstorm import units
from creditstorm.analysis.summary import MorePeople, ThresholdResult
from creditstorm.scenario.model import Scenario, Threshold
from creditstorm.scenario.threshold import Variant
from creditstorm.scenario.thresholds import write

LONGEST_S: Final = 86_400.0
"""A load longer than a day is no advice."""
MOST_OPTIONS: Final = 40
"""Nor is a command with more options."""
_MARGIN: Final = 2.0
"""Arrivals are random: that many standard deviations more are asked for than would do on average."""


def more_people_of(
    scenario: Scenario, results: Sequence[ThresholdResult], sessions: int, *, other_rules: bool = False
) -> MorePeople | None:
    """What would settle every threshold that more people like these can settle; None where there is none of them.

    The whole storm is stretched, its faults with it, so that every part of it keeps its share. Only the warm-up is not.
    `sessions` is how many came. With `other_rules` than the run's own these are given to ``--set``, too.
    """
    rules = zip(scenario.thresholds, results, strict=True)
    factors = [_factor(rule, result, sessions, scenario.population.size) for rule, result in rules if result.more]
    possible = [factor for factor in factors if factor is not None]
    if not possible:
        return None
    factor = _plain(max(possible))
    if factor * scenario.load.duration_s > LONGEST_S or len(options := stretched(scenario, factor)) > MOST_OPTIONS:
        return None
    asked = (f"thresholds={json.dumps(write(scenario.thresholds), ensure_ascii=False)}",) if other_rules else ()
    return MorePeople(round((factor - 1.0) * sessions), factor, (*asked, *options))


def stretched(scenario: Scenario, factor: float) -> tuple[str, ...]:
    """What ``--set`` has to be given so that load and faults take `factor` as long, all else being the same."""
    loads = [(f"load.arrivals[{i}].for", stage.for_s) for i, stage in enumerate(scenario.load.arrivals or ())]
    loads += [("load.users.for", scenario.load.users.for_s)] if scenario.load.users else []
    faults = [
        (f"faults[{i}].{key}", seconds)
        for i, fault in enumerate(scenario.faults)
        for key, seconds in (("at", fault.at_s), ("for", fault.for_s))
    ]
    # Microseconds, so that binary fractions leave no 14.299999s behind.
    return tuple(
        f"{path}={units.duration_text(round(factor * seconds, 6))}" for path, seconds in (*loads, *faults) if seconds
    )


def _factor(threshold: Threshold, result: ThresholdResult, sessions: int, population: int) -> float | None:
    n, more = result.estimate.n, result.more
    if not n or not more or not sessions:
        return None
    # Poisson: what is to come varies by itself, and its rate is known from n only.
    wanted = n + more + math.ceil(_MARGIN * math.sqrt(more + more * more / n))
    if threshold.variant is not Variant.PEOPLE:
        return wanted / n
    return _longer(wanted / n, sessions, population)


def _longer(times: float, sessions: int, population: int) -> float | None:
    """How many times as many sessions bring `times` as many different people; None where there are not so many.

    Each session is one of N people at random, so k of them bring N · (1 − e^(−k/N)) different ones.
    """
    seen = times * -math.expm1(-sessions / population)
    return -population * math.log1p(-seen) / sessions if seen < 1.0 else None


def _plain(factor: float) -> float:
    """The factor in two figures, rounded up, so that the durations of a command stay plain: 1.23 is 1.3, 12.3 is 13."""
    step = 10.0 ** (math.floor(math.log10(factor)) - 1)
    return round(math.ceil(round(factor / step, 9)) * step, 6)
