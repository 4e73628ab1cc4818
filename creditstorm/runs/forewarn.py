"""What a run could not say, known before it begins: warnings about a scenario that is right and still proves nothing.

All from the pure schedule of the load. The closed model has none, so there only thresholds and faults are looked at.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from creditstorm.adapters.processes.settings import load_orders
from creditstorm.credit import File, Segment
from creditstorm.demand.load_plan import LoadPlan, RateStage
from creditstorm.demand.sessions import Crowd
from creditstorm.demand.taps import Schedule, schedule
from creditstorm.language.problems import Problem
from creditstorm.scenario.faults import FaultBase
from creditstorm.scenario.model import Scenario, Threshold
from creditstorm.scenario.threshold import GUARD_S, METRICS, Operator, Phase, Quantile, ScopeKind, Unit, Variant

CPU_SEEN_S: Final = (0.0057, 0.0095, 0.022)
"""CPU of all processes of the demo over its answers (n = 6,650), on three machines of the same name: 2 cores, one run
each. The first is what the services of `results/example` add up to."""
CPU_AN_ANSWER_S: Final = median(CPU_SEEN_S)
CPU_SHARE: Final = 0.9
"""A machine that is busier than this is a doubt."""
PEAK_OVER_S: Final = 5.0
BACK_IS_SEEN_S: Final = 30.0
"""How long after the end of a fault people have to ask before anybody can say that it is over."""
DOUBT: Final = 0.05
MOST_PLANNED: Final = 2_000_000
"""A longer schedule is not worked out beforehand."""
MOST_ASKED: Final = 100_000
"""Where so many ask no bound in use is out of reach."""
SAMPLE: Final = 2_000


def forewarnings(scenario: Scenario, *, cores: int | None) -> tuple[Problem, ...]:
    """What is to be said of this scenario on a machine with so many cores, each with its key path and a remedy.

    None is for a simulated run, which no machine is too small for.
    """
    return tuple(_forewarnings(scenario, cores))


def _forewarnings(scenario: Scenario, cores: int | None) -> Iterator[Problem]:
    if not scenario.thresholds:
        what = "nothing is asked of this run: it passes whatever people are told"
        remedy = 'give a threshold, such as wrongful_no_credit_rate.people: ["< 0.5%"]'
        yield Problem(what=what, path=("thresholds",), remedy=remedy)
    yield from _unseen_recoveries(scenario)
    yield from _idle_settings(scenario)
    if scenario.load.arrivals is None:
        return
    crowded = Planned(scenario, TypeAdapter(LoadPlan).validate_python(load_orders(scenario)))
    if cores is not None:
        yield from _too_fast(crowded, cores)
    if expected(crowded.stages) <= MOST_PLANNED:
        yield from _unmet_faults(crowded)
        yield from _small_samples(crowded)
        yield from _unreachable_minimums(crowded)


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


@dataclass(frozen=True)
class Planned:
    """A scenario of the open model with its plan."""

    scenario: Scenario
    plan: LoadPlan

    @property
    def stages(self) -> tuple[RateStage, ...]:
        return self.plan.arrivals or ()

    @cached_property
    def measured(self) -> Schedule:
        """The first attempts after the warm-up."""
        whole = schedule(self.stages, seed=self.plan.seed, people=self.plan.population.size)
        return _between(whole, self.scenario.load.warm_up_s, math.inf)

    @cached_property
    def approved(self) -> float:
        """The share of creditworthy people, of some that stand for all."""
        ids = np.arange(min(SAMPLE, self.plan.population.size), dtype=np.uint64)
        return float(Crowd(self.plan.oracle, ids, np.zeros(len(ids))).eligible.mean())

    @property
    def taps_of_declined(self) -> float:
        """How often somebody taps who is told "no credit" each time: 1 + p + p² … as often as they may."""
        retap = self.scenario.load.retap
        return math.fsum(retap.no_credit**nth for nth in range(retap.max_attempts))


def expected(stages: tuple[RateStage, ...]) -> float:
    """How many first attempts these stages bring on average."""
    return sum(stage.for_s * (stage.from_hz + stage.to_hz) / 2 for stage in stages)


def peak_hz(stages: tuple[RateStage, ...], over_s: float = PEAK_OVER_S) -> float:
    """The highest rate on average over so many seconds; over the whole load where that is shorter."""
    ends_s = np.cumsum([0.0, *(stage.for_s for stage in stages)])
    step_s = max(over_s / 50, float(ends_s[-1]) / 200_000)
    instants_s = np.arange(0.0, ends_s[-1], step_s) + step_s / 2
    stage = np.minimum(np.searchsorted(ends_s, instants_s, side="right") - 1, len(stages) - 1)
    from_hz = np.array([one.from_hz for one in stages])[stage]
    slope = np.array([(one.to_hz - one.from_hz) / one.for_s for one in stages])[stage]
    rates = from_hz + slope * (instants_s - ends_s[stage])
    width = min(len(rates), max(1, round(over_s / step_s)))
    sums = np.concatenate([[0.0], np.cumsum(rates)])
    return float(np.max(sums[width:] - sums[:-width]) / width)


def _too_fast(planned: Planned, cores: int) -> Iterator[Problem]:
    """Calm alone takes too much: who is rightly declined taps again, too, and a storm brings more."""
    rate_hz = peak_hz(planned.stages)
    answers_hz = rate_hz * (planned.approved + (1 - planned.approved) * planned.taps_of_declined)
    needed = answers_hz * CPU_AN_ANSWER_S
    if needed <= CPU_SHARE * cores:
        return
    index = max(range(len(planned.stages)), key=lambda nth: planned.stages[nth].to_hz)
    word = "rate" if (planned.scenario.load.arrivals or ())[index].rate_hz is not None else "ramp_to"
    bearable_hz = rate_hz * CPU_SHARE * cores / needed
    what = (
        f"{rate_hz:g}/s are about {answers_hz:,.0f} answers a second with those who tap again and take {needed:.1f} "
        f"cores (about {CPU_AN_ANSWER_S * 1000:g} ms of CPU an answer, of the whole system; by machine "
        f"{min(CPU_SEEN_S) * 1000:g} to {max(CPU_SEEN_S) * 1000:g} ms were seen); this machine has {cores}"
    )
    remedy = (
        f"ask for less, such as --set load.arrivals[{index}].{word}={math.floor(bearable_hz)}/s, or take a larger "
        "machine; --processes spreads the load generator alone"
    )
    yield Problem(what=what, path=("load", "arrivals"), remedy=remedy)


def _unmet_faults(planned: Planned) -> Iterator[Problem]:
    for index, fault in enumerate(planned.scenario.faults):
        if not _has_no_window(fault) and not len(_between(planned.measured, fault.at_s, fault.end_s).session):
            what = f"nobody is planned to ask from {fault.at_s:g} to {fault.end_s:g} s, so nobody can meet the fault"
            remedy = "move it to where people ask, or raise the rate there: load.arrivals"
            yield Problem(what=what, path=("faults", index), remedy=remedy)


def _small_samples(planned: Planned) -> Iterator[Problem]:
    for threshold in planned.scenario.thresholds:
        share = hardest_share(threshold)
        asked = _asked(planned, threshold)
        if share is None or asked is None or len(asked.session) > MOST_ASKED:
            continue
        needed, sample = least_sample(share), _sample(planned, threshold, asked)
        if sample is not None and sample.n < needed and (sample.n or threshold.scope is None):
            yield _small(threshold, sample, needed)


def _unreachable_minimums(planned: Planned) -> Iterator[Problem]:
    for threshold in planned.scenario.thresholds:
        sample = None if threshold.min_samples is None else sample_of(planned, threshold)
        if sample is not None and threshold.min_samples is not None and sample.n < threshold.min_samples:
            what = f'"{threshold.text}" waits for {threshold.min_samples:,} {sample.noun}; you plan {sample.n:,}'
            remedy = "lower min_samples, or let more people ask"
            yield Problem(what=what, path=("thresholds", threshold.key), remedy=remedy)


def hardest_share(threshold: Threshold) -> float | None:
    """The share against a rule that has to be ruled out; None where no number of answers is known to be enough."""
    upward = threshold.op in (Operator.MORE, Operator.AT_LEAST)
    if isinstance(threshold.aggregation, Quantile):
        return None if upward else 1.0 - threshold.aggregation.q
    if threshold.unit is not Unit.SHARE or threshold.metric == "honest_reason_rate":
        return None
    share = 1.0 - threshold.bound if upward else threshold.bound
    return share if 0.0 < share < 1.0 else None


def least_sample(share: float) -> int:
    """The least n whose exact one-sided 95 % bound lies under a share at 0 hits: 1 − 0.05^(1/n) < share."""
    return math.floor(math.log(DOUBT) / math.log1p(-share)) + 1


def _asked(planned: Planned, threshold: Threshold) -> Schedule | None:
    """The first attempts in the scope of a rule, None for a phase whose bounds only the run knows."""
    scope, scenario = threshold.scope, planned.scenario
    if scope is None or scope.kind in (ScopeKind.SEGMENT, ScopeKind.FILE):
        return planned.measured
    if scope.kind is ScopeKind.WINDOW:
        fault = next(fault for fault in scenario.faults if fault.name == scope.name)
        return _between(planned.measured, fault.at_s, fault.end_s)
    if scope.name == Phase.CALM:
        first_s = min((fault.at_s for fault in scenario.faults), default=math.inf)
        return _between(planned.measured, 0.0, first_s - scenario.system.deadline_s)
    if scope.name == Phase.RECOVERY:
        return _between(planned.measured, max((fault.end_s for fault in scenario.faults), default=math.inf), math.inf)
    return None


@dataclass(frozen=True, slots=True)
class Sample:
    """How many are planned, and what they are."""

    n: int
    noun: str


def sample_of(planned: Planned, threshold: Threshold) -> Sample | None:
    """Whom a rule will be judged by; None where only the run knows, or so many that no bound is out of reach."""
    asked = _asked(planned, threshold)
    one_figure = threshold.metric == "recovery_time" or asked is None or len(asked.session) > MOST_ASKED
    return None if asked is None or one_figure else _sample(planned, threshold, asked)


def _sample(planned: Planned, threshold: Threshold, asked: Schedule) -> Sample | None:
    crowd = Crowd(planned.plan.oracle, asked.applicant, asked.intended_s)
    here = _in_part(crowd, threshold)
    good = crowd.eligible_stable if threshold.stable else crowd.eligible
    eligible, declined = int(np.sum(here & good)), int(np.sum(here & ~good))
    rate = METRICS[threshold.metric].rate
    if rate is None:
        # Everybody counts; whoever is rightly declined taps again and brings more answers.
        return Sample(eligible + math.ceil(declined * planned.taps_of_declined), "answers")
    whom = "eligible" if rate.of_eligible else "ineligible"
    meant = here & (good if rate.of_eligible else ~good)
    match threshold.variant:
        case Variant.PEOPLE:
            return Sample(len(np.unique(asked.applicant[meant])), f"{whom} people")
        case Variant.FIRST | Variant.FINAL:
            return Sample(int(np.sum(meant)), f"sessions of {whom} people")
    n = eligible if rate.of_eligible else math.ceil(declined * planned.taps_of_declined)
    return Sample(n, f"requests of {whom} people")


def _in_part(crowd: Crowd, threshold: Threshold) -> NDArray[np.bool_]:
    scope = threshold.scope
    if scope is not None and scope.kind is ScopeKind.SEGMENT:
        return np.equal(crowd.micro_business, scope.name == Segment.MICRO_BUSINESS)
    if scope is not None and scope.kind is ScopeKind.FILE:
        return np.equal(crowd.thin_file, scope.name == File.THIN)
    return np.ones(len(crowd.eligible), dtype=np.bool_)


def _small(threshold: Threshold, sample: Sample, needed: int) -> Problem:
    scope = threshold.scope
    where = "" if scope is None else " while it is on" if scope.kind is ScopeKind.WINDOW else f" in {scope.name}"
    what = (
        f'"{threshold.text}" needs at least {needed:,} {sample.noun} even with not one against it; '
        f"you plan {sample.n:,}{where}"
    )
    more = f"let about {needed / max(1, sample.n):.1f} times as many ask (longer stages or higher rates)"
    return Problem(what=what, path=("thresholds", threshold.key), remedy=f"{more}{_looser(threshold, sample.n)}")


def _looser(threshold: Threshold, n: int) -> str:
    """The hardest rule that so many could prove."""
    if n < 2:
        return ""
    # Rounded away from what is out of reach.
    percent = math.ceil((1.0 - DOUBT ** (1.0 / n)) * 1000 + 1e-9) / 10
    if isinstance(threshold.aggregation, Quantile):
        return f", or ask for p({100 - percent:g})"
    upward = threshold.op in (Operator.MORE, Operator.AT_LEAST)
    return f', or ask for "{threshold.op} {100 - percent if upward else percent:g}%"'


def _between(planned: Schedule, from_s: float, to_s: float) -> Schedule:
    first, last = np.searchsorted(planned.intended_s, [from_s, to_s])
    part = slice(int(first), int(last))
    return Schedule(planned.intended_s[part], planned.session[part], planned.applicant[part])
