"""From the raw record of a run to its summary: the same bytes in, the same figures out."""

from dataclasses import dataclass

import polars as pl
from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.frame import frame_of, lighter
from creditstorm.analysis.gate.more_people import more_people_of
from creditstorm.analysis.gate.verdict import results_of, verdict_of
from creditstorm.analysis.headline import Told, headline
from creditstorm.analysis.incidents import incidents_of
from creditstorm.analysis.measures import deferrals, latency, rates, recovery
from creditstorm.analysis.measures.asked import Asked, asked_of
from creditstorm.analysis.measures.complained import complaints_of, with_referrals
from creditstorm.analysis.measures.money import money_of
from creditstorm.analysis.monitors.cusum import Calibrate, calibrated
from creditstorm.analysis.monitors.noticed import monitored
from creditstorm.analysis.phases import Phases, window_column
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.statistics.intervals import lower_bound
from creditstorm.analysis.statistics.seconds import Level, Share
from creditstorm.analysis.summary import Slice, Summary, ThresholdResult
from creditstorm.analysis.timeline import timeline_of
from creditstorm.analysis.validity.honesty import honesty_of


def figures_of(run: RunData, calibrate: Calibrate = calibrated) -> tuple[Summary, Timeline]:
    """The summary and the timeline of a run, sealed or not, finished or not; its answers are read once.

    Where nobody else holds the run, the words of its answers are given back as soon as its frame has them.
    """
    frame, phases = frame_of(run)
    run = lighter(run)
    return summary_of(run, frame, phases, calibrate), timeline_of(frame, phases)


def summary_alone(run: RunData, calibrate: Calibrate = calibrated) -> Summary:
    """The summary of a run of which nobody draws anything."""
    frame, phases = frame_of(run)
    run = lighter(run)
    return summary_of(run, frame, phases, calibrate)


def judged(run: RunData, calibrate: Calibrate = calibrated) -> tuple[ThresholdResult, ...]:
    """The thresholds of the summary alone, for who has many runs to judge: most of a short run's figures are slices."""
    frame, phases = frame_of(run)
    whole = _measured(run, frame, phases, calibrate)
    return results_of(whole, run.scenario.thresholds, honesty_of(run, whole.asked, phases).doubts)


def _measured(run: RunData, frame: pl.DataFrame, phases: Phases, calibrate: Calibrate) -> rates.Measured:
    frame = with_referrals(frame, run.notices)
    recoveries = recovery.recoveries_of(frame, phases, run.scenario.recovery)
    arrivals = asked_of(frame, phases)
    stable = rates.stable_of(run, arrivals, phases)
    monitors = monitored(frame, phases, run.scenario.watched, run.complaints, calibrate)
    return rates.Measured(frame, phases, arrivals, recoveries, stable, monitors)


def summary_of(run: RunData, frame: pl.DataFrame, phases: Phases, calibrate: Calibrate = calibrated) -> Summary:
    """The summary of a run whose frame is already there."""
    whole = _measured(run, frame, phases, calibrate)
    frame, measured = whole.frame, whole.frame.lazy().filter("measured")
    slices = (*rates.slices_of(whole), *rates.slices_by_stable(whole.stable))
    honesty = honesty_of(run, whole.asked, phases)
    thresholds = results_of(whole, run.scenario.thresholds, honesty.doubts)
    verdict = verdict_of(thresholds, honesty.doubts)
    wronged = _wronged(whole, pl.col("measured"))
    money = money_of(measured)
    recorded = _sizes(whole.asked, pl.col("intended_s").is_not_null())
    asked = _sizes(whole.asked, pl.col("measured"))
    return Summary(
        scenario_id=run.scenario.id,
        why=run.scenario.why,
        policy=run.manifest.policy,
        seed=run.manifest.seed,
        duration_s=phases.end_s,
        answers=recorded.answers,
        sessions=recorded.sessions,
        people=recorded.people,
        eligible_people=wronged.n,
        wronged_people=wronged.hits,
        headline=headline(
            Told(_part(slices, "people").rates.wrongful_no_credit_rate, wronged.hits),
            _worst_window(whole),
            undecided=_part(slices, "requests").rates.undecided_rate.value,
        ),
        verdict=verdict.verdict,
        exit_code=verdict.exit_code,
        slices=slices,
        latency=tuple(latency.latency_of(measured, measured_from) for measured_from in latency.MEASURED_FROM),
        recovery=whole.recoveries,
        causes=rates.causes_of(whole.cube.filter("measured")),
        retap_amplification=asked.answers / asked.sessions if asked.sessions else None,
        calm_floor=_calm_floor(slices),
        limit_shortfall_cny=money.shortfall_cny,
        exposure_cny=money.exposure_cny,
        thresholds=thresholds,
        honesty=honesty,
        calm_floor_fan_out=rates.fan_out_floor(frame),
        verdict_note=verdict.note,
        complaints=complaints_of(frame, run.complaints, run.notices, phases),
        deferrals=deferrals.deferrals_of(frame, run.notices, phases, complained=run.complaints is not None),
        more_people=more_people_of(run.scenario, thresholds, recorded.sessions, other_rules=bool(run.rules_of)),
        mode=run.manifest.mode,
        monitors=whole.monitors,
        rules_of=run.rules_of,
        incidents=incidents_of(whole),
    )


@dataclass(frozen=True, slots=True)
class _Sizes:
    answers: int
    sessions: int
    people: int


def _sizes(asked: Asked, scope: pl.Expr) -> _Sizes:
    part = asked.part(scope)
    return _Sizes(len(part.rows), asked.sessions(part), int(part.first.sum()))


def _worst_window(measured: rates.Measured) -> Told | None:
    """Who was told "no credit" in the fault window that was surely worst for people; None without a window."""
    told = []
    for index, window in enumerate(measured.phases.windows):
        share = _wronged(measured, pl.col(window_column(index)))
        told.append(Told(share.estimate(Level.SHOWN), share.hits, window))
    return max(told, key=lambda one: (_surely(one), one.wronged), default=None)


def _wronged(measured: rates.Measured, scope: pl.Expr) -> Share:
    """The share of eligible people who were told "no credit" in a part of the run."""
    rate = rates.RATES["wrongful_no_credit_rate"]
    return rates.share_of(measured.asked.part(scope, of_eligible=rate.of_eligible), rate, people=True)


def _surely(told: Told) -> float:
    # A bound of its own: which window leads has to be told even where the shown interval cannot be.
    return lower_bound(told.wronged, told.people.n) if told.people.n else 0.0


def _part(slices: tuple[Slice, ...], name: str) -> Slice:
    return next(part for part in slices if part.kind == "attempt" and part.name == name)


def _calm_floor(slices: tuple[Slice, ...]) -> float | None:
    calm = next((part for part in slices if part.kind == "phase" and part.name == "calm"), None)
    return None if calm is None else calm.rates.wrongful_no_credit_rate.value
