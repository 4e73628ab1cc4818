"""The figures of one run, as frozen values: what `summary.json` holds and what every report reads."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from creditstorm.analysis.trust import Honesty
from creditstorm.exit_code import ExitCode
from creditstorm.record.manifest import Mode
from creditstorm.scenario.threshold import Unit


class Verdict(StrEnum):
    """The verdict of a threshold or of a run."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


GREATEST: Final = "the greatest seen"
"""The method of a figure that is a fact of its run: its ends are itself, which is no interval to show anybody."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval; `value`, `low` and `high` are None where `n` is too small to say.

    `level` is how sure the interval is, `covers` what it speaks of, `reason` why there is none.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    method: str
    level: str = ""
    covers: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates, each with its own denominator: eligible arrivals, ineligible for wrongful approval.

    The undecided were deferred or found nobody available; who was decided rightly got the right limit, within 5 %.
    """

    wrongful_no_credit_rate: Estimate
    wrongful_approval_rate: Estimate
    deferral_rate: Estimate
    unavailability_rate: Estimate
    undecided_rate: Estimate
    decided_rightly_rate: Estimate


@dataclass(frozen=True, slots=True)
class Slice:
    """The rates of one part of the run, by (kind, name); warm-up belongs to none but its own phase.

    ==========  =============================================================================================
    attempt     requests (every intended arrival), first and final (of a session), people (one person once)
    phase       warm_up, calm (before the first fault), between (two faults), recovery (after the last clear)
    window      the name of a fault
    segment     consumer, micro_business
    file        thick, thin
    stable      people, requests and each fault, judged by the strategy before any change; only where that differs
    ==========  =============================================================================================

    `rates` count requests, except in (attempt, people). `first_cause` is the commonest cause of its wrongful
    answers, such as ``late:bureau``; None where nobody was wronged.
    `start_s` and `end_s` are None for a slice that is not an interval of time.
    """

    kind: str
    name: str
    asked: int
    rates: Rates
    first_cause: str | None
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class LatencyQuantiles:
    """Quantiles of the time to a decision, in seconds; a quantile is absent where n is too small for it.

    `left_out` requests brought no decision and are in none of them.
    """

    measured_from: str
    n: int
    quantiles_s: dict[str, float]
    left_out: int = 0
    method: str = "nearest rank, given where at least 10 decisions lie beyond"


@dataclass(frozen=True, slots=True)
class BadRequests:
    """Of the eligible requests of a stretch of time: how many were not decided rightly, by what they got instead."""

    asked: int
    wrongful_no_credit: int
    undecided: int
    wrong_limit: int

    @property
    def bad(self) -> int:
        """How many were not decided rightly."""
        return self.wrongful_no_credit + self.undecided + self.wrong_limit

    @property
    def share(self) -> float | None:
        """The share that was not decided rightly, None where nobody asked."""
        return self.bad / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Relapse:
    """A stretch in which it was shown worse than calm again, in seconds after the clear."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Recovery:
    """How long after the last clear of an episode people were decided as rightly as in calm, within the margin.

    An episode is a fault, or several with too little time between them to see one end. `seconds` is the first instant
    from which it was shown back, None where that was not shown; `low_s` the last up to which it was shown not back. Not
    back within `observed_s` is `metastable` if that was long enough to say so. `limit` is the largest share not decided
    rightly that is as good as calm, `could_show` the least distance from calm that so few requests could prove. `until`
    counts the requests before `seconds` (or while it was shown not back), `after` those from there on. `note` says why
    there is no figure, and of relapses.
    """

    faults: tuple[str, ...]
    seconds: float | None
    observed_s: float
    metastable: bool = False
    low_s: float = 0.0
    relapses: tuple[Relapse, ...] = ()
    calm: BadRequests | None = None
    until: BadRequests | None = None
    after: BadRequests | None = None
    limit: float | None = None
    could_show: float | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """The faults of the episode, all but the first and the last counted."""
        first, *others = self.faults
        between = f", {len(others) - 1} more" if len(others) > 1 else ""
        return f"{first}{between} and {others[-1]}" if others else first


@dataclass(frozen=True, slots=True)
class Complaints:
    """What people complained of after the warm-up: who made a complaint, and who of them had been wronged.

    Each complaint is of the answer that ended a session; `of_no_credit` of those were of "no credit". Of the wronged
    `put_right` were notified of the right decision later, None where the policy notifies nobody. `first_s` is when the
    first complaint was made, None where there was none. `referred` were told that a person is going to decide; of those
    `reviewed` were decided, half of them within `review_s`; the others are undecided.
    """

    made: int
    people: int
    of_no_credit: int
    wronged_people: int
    put_right: int | None
    first_s: float | None
    referred: int
    reviewed: int
    review_s: float | None


@dataclass(frozen=True, slots=True)
class Deferrals:
    """What became of eligible people who were told "undetermined" or "referred", by session, where they are notified.

    Each of the `deferred` was `notified`, or got a decision by their own next tap (`by_themselves`), or was still
    `waiting` at the end. Both shares are of the deferred; what is in neither got a limit beside the right one, a task,
    or nothing yet. `median_s` is from the first of those answers to the notice (Kaplan–Meier, the others censored),
    None where fewer than half were notified while anybody watched.
    """

    deferred: int
    notified: int
    by_themselves: int
    waiting: int
    resolved_correctly: Estimate
    resolved_wrongly: Estimate
    median_s: float | None


@dataclass(frozen=True, slots=True)
class ThresholdResult:
    """One rule on one metric; `estimate` carries the interval that the verdict was drawn from.

    `more` is about how many more than its `n` would settle an open verdict; None where no number is known to. `counts`
    is what that n is a number of.
    """

    metric: str
    rule: str
    estimate: Estimate
    unit: Unit
    verdict: Verdict
    note: str
    more: int | None = None
    counts: str = "requests"


@dataclass(frozen=True, slots=True)
class MorePeople:
    """About how many more people would settle the open thresholds, if they fare like these.

    `overrides`, each given to ``--set``, stretch the storm by `factor`, which brings that many.
    """

    people: int
    factor: float
    overrides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noticed:
    """One fault as a monitor saw it: seconds from the mark of its onset to the alarm, None where none came.

    `cleared_after_s` is from the fault's end to the end of the alarm, None where it never ended.
    """

    fault: str
    after_s: float | None = None
    cleared_after_s: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AlarmTimes:
    """One alarm, from the second at whose end it was raised; `ended_s` is None where it went on to the end."""

    raised_s: float
    ended_s: float | None


@dataclass(frozen=True, slots=True)
class MonitorResult:
    """What one monitor noticed: it tells a `risen` share from the `calm` one, both None where calm is not known.

    `false_alarms_expected` is a number in 100,000 s of calm, worked out; `false_alarms` are those of this run.
    """

    monitor: str
    title: str
    needs_truth: bool = False
    calm: float | None = None
    risen: float | None = None
    false_alarms_expected: float | None = None
    noticed: tuple[Noticed, ...] = ()
    false_alarms: int = 0
    note: str = ""
    alarms: tuple[AlarmTimes, ...] = ()


@dataclass(frozen=True, slots=True)
class Detection:
    """The first alarm of a monitor that needs no truth: seconds from the onset, and every one that raised it then.

    `after_s` is None where none did, or where that is not known; `note` says which.
    """

    after_s: float | None = None
    by: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Harm:
    """Creditworthy people who asked meanwhile; who of them was told "no credit", or left undecided, at least once."""

    asked: int
    refused: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Incident:
    """An episode of trouble as a status page tells it: time to detection, time to resolution, total impact.

    `lasted_s` is from the first onset until people were shown to fare as in calm, as they may have from `lasted_low_s`
    on; `resolved_after_s` is from the detection until then. All are None where that was not shown, and `note` says why;
    it tells of relapses, too. Where nobody noticed there is no `resolved_after_s`.
    """

    name: str
    detection: Detection
    resolved_after_s: float | None
    lasted_s: float | None
    lasted_low_s: float | None
    note: str
    harm: Harm


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything a reader of the run may quote.

    `answers`, `sessions` and `people` count the whole record; every other figure leaves the warm-up out.
    `calm_floor` is the measured wrongful share in calm, `calm_floor_fan_out` what fail-closed would give by
    1 − Π(1 − pᵢ) from the share pᵢ of evidence of each service that was missing in calm. `rules_of` names the file
    whose thresholds were judged; empty where they are the run's own.
    """

    scenario_id: str
    why: str
    policy: str
    seed: int
    duration_s: float
    answers: int
    sessions: int
    people: int
    eligible_people: int
    wronged_people: int
    headline: str
    verdict: Verdict
    exit_code: ExitCode
    slices: tuple[Slice, ...]
    latency: tuple[LatencyQuantiles, ...]
    recovery: tuple[Recovery, ...]
    causes: dict[str, int]
    retap_amplification: float | None
    calm_floor: float | None
    limit_shortfall_cny: int
    exposure_cny: int
    thresholds: tuple[ThresholdResult, ...]
    honesty: Honesty
    calm_floor_fan_out: float | None = None
    verdict_note: str = ""
    deferrals: Deferrals | None = None
    more_people: MorePeople | None = None
    mode: Mode = Mode.LIVE
    monitors: tuple[MonitorResult, ...] = ()
    rules_of: str = ""
    incidents: tuple[Incident, ...] = ()
    complaints: Complaints | None = None

    def slice(self, kind: str, name: str) -> Slice | None:
        """The slice of this kind and name, None where the run has none."""
        return next((part for part in self.slices if part.kind == kind and part.name == name), None)
