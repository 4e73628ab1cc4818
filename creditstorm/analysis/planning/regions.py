"""How a run came back from its faults: stable, vulnerable, metastable, as Bronson et al. (HotOS 2021) use the words."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from creditstorm.analysis.summary import Recovery, Summary
from creditstorm.credit.sources import SERVICES, ServiceProfile
from creditstorm.scenario.model import Scenario


class Region(StrEnum):
    """How runs come back, from best to worst; unclear says nothing.

    Written over what `measures.recovery` shows of each episode, so "above" is: shown worse than calm.

    ========== ==========================================================================================
    stable     never shown above after the clear, but for those who were under way when it came
    vulnerable shown above after the clear, and shown back later
    metastable shown above from the clear to the end of what was seen, though the load after the clear is
               below what the services carry: the state keeps itself up
    overloaded the same, with a load that the services cannot carry anyhow
    unclear    too few requests, or too little time after the clear, to show either
    ========== ==========================================================================================
    """

    STABLE = "stable"
    VULNERABLE = "vulnerable"
    UNCLEAR = "unclear"
    OVERLOADED = "overloaded"
    METASTABLE = "metastable"


_ORDER: Final = tuple(Region)
FULL: Final = 1.0


def region_of(summary: Summary, scenario: Scenario) -> Region | None:
    """The region of one run, by its worst episode; None where no fault was seen."""
    found = [_of_episode(episode, scenario) for episode in summary.recovery]
    return max(found, key=_ORDER.index) if found else None


def _of_episode(episode: Recovery, scenario: Scenario) -> Region:
    under_way_s = math.ceil(scenario.system.deadline_s) + 1.0
    if episode.seconds is not None:
        calm_again = episode.low_s <= under_way_s and not episode.relapses
        return Region.STABLE if calm_again else Region.VULNERABLE
    # Shown so from the clear to the end, and for longer than those need who were under way at the clear.
    not_back = episode.low_s + 1.0 >= episode.observed_s > under_way_s
    if not not_back and not episode.metastable:
        return Region.UNCLEAR
    used = greatest_use(scenario, cleared_s=scenario.load.duration_s - episode.observed_s)
    if used is None:
        return Region.UNCLEAR
    return Region.METASTABLE if used < FULL else Region.OVERLOADED


def greatest_use(scenario: Scenario, *, cleared_s: float) -> float | None:
    """The share of its workers that the busiest service needs for the first attempts after the clear, each asked once.

    The greatest rate of any stage after `cleared_s`, over workers · replicas / mean service time. None for a closed
    load, whose rate is an answer and no question.
    """
    if scenario.load.arrivals is None:
        return None
    ends_s, fastest_hz, before_hz = 0.0, 0.0, 0.0
    for stage in scenario.load.arrivals:
        ends_s += stage.for_s
        from_hz = before_hz if stage.rate_hz is None else stage.rate_hz
        if ends_s > cleared_s:
            fastest_hz = max(fastest_hz, from_hz, stage.reaches_hz)
        before_hz = stage.reaches_hz
    profiles = scenario.system.profiles()
    return max(fastest_hz * busy_s(profiles[s]) / profiles[s].workers / _processes(scenario, s) for s in SERVICES)


def busy_s(profile: ServiceProfile) -> float:
    """The mean service time, stalls included: exp(µ + σ²/2) · (1 + share · (factor − 1))."""
    stalls = 1.0 + profile.stall_share * (profile.stall_factor - 1.0)
    return math.exp(profile.mu + profile.sigma**2 / 2.0) * stalls


def _processes(scenario: Scenario, service: str) -> int:
    return 2 if service in scenario.system.redundancy else 1


def commonest(regions: Iterable[Region]) -> tuple[Mapping[Region, int], Region | None]:
    """How many runs are in each region, and the commonest; of two that are as common the worse."""
    counts = Counter(regions)
    if not counts:
        return {}, None
    ordered = {region: counts[region] for region in _ORDER if counts[region]}
    return ordered, max(ordered, key=lambda region: (ordered[region], _ORDER.index(region)))
