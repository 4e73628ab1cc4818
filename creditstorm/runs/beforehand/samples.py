"""Whether enough people are planned for a rule to be proved: what a run could not say however it goes."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from creditstorm.credit import File, Segment
from creditstorm.demand.sessions import Crowd
from creditstorm.demand.taps import Schedule
from creditstorm.language.problems import Problem
from creditstorm.runs.beforehand.planned import Planned, between
from creditstorm.scenario.model import Threshold
from creditstorm.scenario.threshold import METRICS, Operator, Phase, Quantile, ScopeKind, Unit, Variant

DOUBT: Final = 0.05
MOST_ASKED: Final = 100_000
"""Where so many ask no bound in use is out of reach."""


def small_samples(planned: Planned) -> Iterator[Problem]:
    """A warning for each rule that so few could not prove, however it goes."""
    for threshold in planned.scenario.thresholds:
        share = hardest_share(threshold)
        asked = _asked(planned, threshold)
        if share is None or asked is None or len(asked.session) > MOST_ASKED:
            continue
        needed, sample = least_sample(share), _sample(planned, threshold, asked)
        if sample is not None and sample.n < needed and (sample.n or threshold.scope is None):
            yield _small(threshold, sample, needed)


def unreachable_minimums(planned: Planned) -> Iterator[Problem]:
    """A warning for each rule that waits for more than are planned."""
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
        return between(planned.measured, fault.at_s, fault.end_s)
    if scope.name == Phase.CALM:
        first_s = min((fault.at_s for fault in scenario.faults), default=math.inf)
        return between(planned.measured, 0.0, first_s - scenario.system.deadline_s)
    if scope.name == Phase.RECOVERY:
        return between(planned.measured, max((fault.end_s for fault in scenario.faults), default=math.inf), math.inf)
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
