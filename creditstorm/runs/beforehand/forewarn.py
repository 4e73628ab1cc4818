"""What a run could not say, known before it begins: warnings about a scenario that is right and still proves nothing.

All from the pure schedule of the load. The closed model has none, so there only thresholds and faults are looked at.
"""

import math
from collections.abc import Iterator
from statistics import median
from typing import Final

from creditstorm.language.problems import Problem
from creditstorm.runs.beforehand.deaf import deaf_monitors, monitor_kinds
from creditstorm.runs.beforehand.planned import Planned, between, expected, peak_hz, planned_of
from creditstorm.runs.beforehand.samples import small_samples, unreachable_minimums
from creditstorm.scenario.faults import FaultBase
from creditstorm.scenario.model import Scenario, Threshold
from creditstorm.scenario.monitors import ALL
from creditstorm.scenario.threshold import GUARD_S

CPU_SEEN_S: Final = (0.0082, 0.0057, 0.0095, 0.022)
"""CPU of all processes of the demo over its answers (n = 6,650), on four machines of the same name: 2 cores, one run
each. The first is what the services of `results/example` add up to."""
CPU_AN_ANSWER_S: Final = median(CPU_SEEN_S)
CPU_SHARE: Final = 0.9
"""A machine that is busier than this is a doubt."""
BACK_IS_SEEN_S: Final = 30.0
"""How long after the end of a fault people have to ask before anybody can say that it is over."""
MOST_PLANNED: Final = 2_000_000
"""A longer schedule is not worked out beforehand."""


def forewarnings(scenario: Scenario, *, cores: float | None) -> tuple[Problem, ...]:
    """What is to be said of this scenario on a machine with so many cores, each with its key path and a remedy.

    None where no machine is too small (a simulated run) and where it is measured instead (`runs/ready`).
    """
    return tuple(_forewarnings(scenario, cores))


def _forewarnings(scenario: Scenario, cores: float | None) -> Iterator[Problem]:
    if not scenario.thresholds:
        what = "nothing is asked of this run: it passes whatever people are told"
        remedy = 'give a threshold, such as wrongful_no_credit_rate.people: ["< 0.5%"]'
        yield Problem(what=what, path=("thresholds",), remedy=remedy)
    yield from _unseen_recoveries(scenario)
    yield from _idle_settings(scenario)
    if any(name not in ALL for name in scenario.watched):
        monitor_kinds()  # one that a package brings and cannot be used is told before anything starts
    if scenario.load.arrivals is None:
        return
    crowded = planned_of(scenario)
    if cores is not None:
        yield from _too_fast(crowded, cores)
    if expected(crowded.stages) <= MOST_PLANNED:
        yield from _unmet_faults(crowded)
        yield from small_samples(crowded)
        yield from unreachable_minimums(crowded)
        yield from deaf_monitors(crowded)


def _unseen_recoveries(scenario: Scenario) -> Iterator[Problem]:
    for key, threshold in {rule.key: rule for rule in scenario.thresholds}.items():
        if threshold.metric != "recovery_time" or not scenario.faults:
            continue
        left_s = scenario.load.duration_s - _over_s(scenario, threshold)
        if left_s < BACK_IS_SEEN_S - 1e-9:
            what = f"the load ends {left_s:g} s after the fault; it takes {BACK_IS_SEEN_S:g} s to see that it is over"
            yield Problem(what=what, path=("thresholds", key), remedy=_longer(scenario, BACK_IS_SEEN_S - left_s))


def _idle_settings(scenario: Scenario) -> Iterator[Problem]:
    """What is allowed and cannot do what its writer meant."""
    if not scenario.faults:
        for key in dict.fromkeys(rule.key for rule in scenario.thresholds if rule.metric == "recovery_time"):
            what = "there is no fault to recover from, so the rule stays open"
            yield Problem(what=what, path=("thresholds", key), remedy="leave the rule out, or add a fault")
    for index, fault in enumerate(scenario.faults):
        if _has_no_window(fault):
            what = (
                f"a fault of {fault.for_s:g} s has no window: who asks within {GUARD_S:g} s of its beginning or end "
                "counts in none"
            )
            yield Problem(what=what, path=("faults", index), remedy=f"let it last for more than {2 * GUARD_S:g} s")
    policy = scenario.system.policy
    if policy.takes_complaints and scenario.client.complains is None:
        what = f"{policy.name} hears complaints, and nobody complains"
        remedy = "say who does, such as --set 'client.complains={no_credit: 10%}', or take another policy"
        yield Problem(what=what, path=("system", "policy"), remedy=remedy)
    deadline_s, timeout_s = scenario.system.deadline_s, scenario.client.timeout_s
    if deadline_s > timeout_s:
        what = f"the lender may work for {deadline_s:g} s on an answer that people wait {timeout_s:g} s for"
        remedy = "what it says later nobody hears: shorten it, or lengthen client.timeout"
        yield Problem(what=what, path=("system", "deadline"), remedy=remedy)


def _has_no_window(fault: FaultBase) -> bool:
    return fault.for_s <= 2 * GUARD_S and not fault.ends_itself


def _over_s(scenario: Scenario, threshold: Threshold) -> float:
    """When the fault of a rule ends, or the last of all; faults that follow before it could be seen belong to it."""
    named = None if threshold.scope is None else threshold.scope.name
    over_s = max(fault.end_s for fault in scenario.faults if named in (None, fault.name))
    for fault in sorted(scenario.faults, key=lambda fault: fault.at_s):
        if fault.at_s < over_s + BACK_IS_SEEN_S:
            over_s = max(over_s, fault.end_s)
    return over_s


def _longer(scenario: Scenario, by_s: float) -> str:
    users, arrivals = scenario.load.users, scenario.load.arrivals or ()
    last = "users" if users else f"arrivals[{len(arrivals) - 1}]"
    for_s = users.for_s if users else arrivals[-1].for_s
    return f"let people ask for longer: --set load.{last}.for={math.ceil(for_s + by_s)}s"


def _too_fast(planned: Planned, cores: float) -> Iterator[Problem]:
    """Calm alone takes too much: who is rightly declined taps again, too, and a storm brings more."""
    rate_hz = peak_hz(planned.stages)
    needed = planned.answers_hz * CPU_AN_ANSWER_S
    if needed <= CPU_SHARE * cores:
        return
    index = max(range(len(planned.stages)), key=lambda nth: planned.stages[nth].to_hz)
    word = "rate" if (planned.scenario.load.arrivals or ())[index].rate_hz is not None else "ramp_to"
    bearable_hz = rate_hz * CPU_SHARE * cores / needed
    what = (
        f"{rate_hz:g}/s are about {planned.answers_hz:,.0f} answers a second with those who tap again and take "
        f"{needed:.1f} cores (about {CPU_AN_ANSWER_S * 1000:g} ms of CPU an answer, of the whole system; by machine "
        f"{min(CPU_SEEN_S) * 1000:g} to {max(CPU_SEEN_S) * 1000:g} ms were seen); this machine has {cores:g}"
    )
    remedy = (
        f"ask for less, such as --set load.arrivals[{index}].{word}={math.floor(bearable_hz)}/s, or take a larger "
        "machine; --processes spreads the load generator alone"
    )
    yield Problem(what=what, path=("load", "arrivals"), remedy=remedy)


def _unmet_faults(planned: Planned) -> Iterator[Problem]:
    for index, fault in enumerate(planned.scenario.faults):
        if not _has_no_window(fault) and not len(between(planned.measured, fault.at_s, fault.end_s).session):
            what = f"nobody is planned to ask from {fault.at_s:g} to {fault.end_s:g} s, so nobody can meet the fault"
            remedy = "move it to where people ask, or raise the rate there: load.arrivals"
            yield Problem(what=what, path=("faults", index), remedy=remedy)
