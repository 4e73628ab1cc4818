"""Plausible runs for the tests of the report: a small simulation by formula, the same numbers every time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from creditstorm.analysis.detection import Detection, Harm, Incident
from creditstorm.analysis.drawn import Timeline, Window
from creditstorm.analysis.summary import (
    Deferrals,
    Estimate,
    LatencyQuantiles,
    Rates,
    Recovery,
    Slice,
    Summary,
    ThresholdResult,
    Verdict,
)
from creditstorm.analysis.trust import Doubt, DoubtKind, Honesty
from creditstorm.credit.sources import SERVICES
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import ClockAnchor, Ended, Ending, GitState, Host, Manifest

BUREAU = Window("bureau", "blackhole", "bureau", 20.0, 35.0)


SILENT = Doubt(DoubtKind.NO_ANSWERS, "no answer was recorded")


def estimate(value: float | None, n: int, half: float = 0.01) -> Estimate:
    """A share with a made-up symmetric interval."""
    if value is None:
        return Estimate(None, None, None, n, "none")
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), n, "wilson")


def rates(wrongful: float | None, n: int, deferral: float = 0.0, unavailability: float = 0.0) -> Rates:
    """The rates over `n` eligible requests; who was not wronged, deferred or lost was decided rightly."""
    undecided = deferral + unavailability
    return Rates(
        estimate(wrongful, n),
        estimate(0.0, n // 2),
        estimate(deferral, n),
        estimate(unavailability, n, half=0.002),
        estimate(undecided, n),
        estimate(None if wrongful is None else max(0.0, 1.0 - wrongful - undecided), n),
    )


def part(kind: str, name: str, wrongful: float | None, n: int, *, when: tuple[float, float] | None = None) -> Slice:
    """A slice with a first cause that fits its kind."""
    cause = {"window": f"late:{name}", "phase": "late:income"}.get(kind, "late:bureau") if wrongful else None
    start_s, end_s = when or (None, None)
    return Slice(kind, name, round(n / 0.65), rates(wrongful, n, unavailability=0.002), cause, start_s, end_s)


def honesty(*, doubts: tuple[Doubt, ...] = ()) -> Honesty:
    """A run that kept its word, unless there are doubts."""
    return Honesty(5150, 6766, 0, 0.0, 1.0, 0.004, 0.4, 0.12, doubts, ("one run is one episode: another may differ",))


def threshold(metric: str, rule: str, value: float | None, verdict: Verdict, *, unit: str = "share") -> ThresholdResult:
    """A judged rule."""
    shown = estimate(value, 1782, half=0.013) if unit == "share" else _quantity(value)
    note = "" if value is not None else "no answer matched"
    counts = {"recovery_time": "", "answer_latency": "decisions"}.get(metric, "requests" if "{" in metric else "people")
    return ThresholdResult(metric, rule, shown, unit, verdict, note, counts=counts)


def _quantity(value: float | None) -> Estimate:
    low, high = (None, None) if value is None else (value * 0.98, value * 1.02)
    return Estimate(value, low, high, 1782, "order statistics")


def bureau_outage() -> Summary:
    """Fail-closed while the bureau is dark from 20 to 35 s."""
    return Summary(
        scenario_id="bureau-outage-at-peak",
        why="The credit bureau goes dark for 15 s at the height of a Double 11 peak; fail-closed tells all of them so.",
        policy="fail-closed",
        seed=20261111,
        duration_s=75.0,
        answers=6766,
        sessions=5150,
        people=5021,
        eligible_people=3264,
        wronged_people=826,
        headline='1 in 4 creditworthy people was told "no credit" (25.3 %, 95 % 24.0–26.7 %, one episode)',
        verdict=Verdict.FAIL,
        exit_code=1,
        slices=(
            part("attempt", "requests", 0.284, 4100),
            part("attempt", "first", 0.221, 3264),
            part("attempt", "final", 0.082, 3264),
            part("attempt", "people", 0.253, 3264),
            part("phase", "calm", 0.019, 783, when=(5.0, 20.0)),
            part("window", "bureau", 0.995, 1022, when=(20.0, 35.0)),
            part("phase", "recovery", 0.031, 870, when=(35.0, 75.0)),
            part("segment", "consumer", 0.255, 2611),
            part("segment", "micro_business", 0.246, 653),
            part("file", "thick", 0.262, 2448),
            part("file", "thin", 0.228, 816),
        ),
        latency=(
            LatencyQuantiles("intended", 6752, {"p50": 0.41, "p90": 1.3, "p95": 2.003, "p99": 2.008}),
            LatencyQuantiles("sent", 6752, {"p50": 0.409, "p90": 1.298, "p95": 2.0, "p99": 2.004}),
        ),
        recovery=(Recovery(("bureau",), 4.0, 40.0, low_s=3.0),),
        causes={"late:bureau": 1017, "late:income": 118, "error:income": 14, "unexplained": 3},
        retap_amplification=1.31,
        calm_floor=0.019,
        calm_floor_fan_out=0.021,
        limit_shortfall_cny=38_112_400,
        exposure_cny=212_000,
        thresholds=(
            threshold("wrongful_no_credit_rate.people", "< 0.5%", 0.253, Verdict.FAIL),
            threshold("wrongful_no_credit_rate{window: bureau}", "< 2%", 0.995, Verdict.FAIL),
            threshold("wrongful_approval_rate", "< 1%", 0.0, Verdict.PASS),
            threshold("answer_latency", "p(99) < 2500ms", 2.008, Verdict.PASS, unit="s"),
            threshold("recovery_time", "< 20s", 4.0, Verdict.PASS, unit="s"),
        ),
        honesty=honesty(),
        incidents=(Incident("bureau", Detection(2.0, ("declines",)), 17.0, 19.0, 18.0, "", Harm(730, 726, 2)),),
    )


def calm() -> Summary:
    """No fault and an ample deadline: zero wrongful answers."""
    return replace(
        bureau_outage(),
        scenario_id="calm",
        why="Nothing is broken and the deadline is ample.",
        wronged_people=0,
        headline='No creditworthy person was told "no credit" (0 of 3,264; at most 0.1 %, one episode)',
        verdict=Verdict.PASS,
        exit_code=0,
        slices=(part("attempt", "people", 0.0, 3264), part("phase", "calm", 0.0, 3264, when=(5.0, 75.0))),
        recovery=(),
        incidents=(),
        causes={},
        retap_amplification=1.0,
        calm_floor=0.0,
        limit_shortfall_cny=0,
        exposure_cny=0,
        thresholds=(threshold("wrongful_no_credit_rate.people", "< 0.5%", 0.0, Verdict.PASS),),
    )


def notified() -> Summary:
    """The same storm under a policy that tells people the decision later."""
    resolved = Deferrals(210, 180, 6, 24, estimate(0.84, 210), estimate(0.0, 210), 11.25)
    return replace(bureau_outage(), policy="tri-state-push", deferrals=resolved)


def unrecovered() -> Summary:
    """Two overlapping faults, and the run ends before the system is back."""
    slices = (
        part("phase", "calm", 0.019, 783, when=(5.0, 20.0)),
        part("window", "bureau", 0.61, 1022, when=(20.0, 35.0)),
        part("window", "slow-repayment-path", 0.88, 902, when=(28.0, 52.0)),
        part("phase", "recovery", 0.41, 470, when=(52.0, 75.0)),
    )
    recovery = (
        Recovery(("bureau",), 6.0, 40.0, low_s=2.0),
        Recovery(
            ("slow-repayment-path",), None, 23.0, low_s=12.0, note="10 s of the 30 s needed seen after 13 s not back"
        ),
    )
    doubts = (
        Doubt(DoubtKind.UNSENT, "2.3 % of arrivals could not be sent"),
        Doubt(DoubtKind.WORKER_DIED, "worker 1 died at 61 s"),
    )
    return replace(
        bureau_outage(),
        scenario_id="two-faults-overlap",
        slices=slices,
        recovery=recovery,
        incidents=(
            Incident("bureau", Detection(3.0, ("declines", "p99 latency")), 18.0, 21.0, 17.0, "", Harm(730, 726, 0)),
            Incident(
                "slow-repayment-path",
                Detection(note="not known: an alarm was on already"),
                *(None, None, None),
                recovery[1].note,
                Harm(640, 0, 0),
            ),
        ),
        verdict=Verdict.INCONCLUSIVE,
        exit_code=3,
        honesty=honesty(doubts=doubts),
        thresholds=(
            *bureau_outage().thresholds,
            threshold("recovery_time", "< 20s", None, Verdict.INCONCLUSIVE, unit="s"),
        ),
    )


def rolled_out() -> Summary:
    """A new version that the lender wants refuses people whom the one before granted credit."""
    return replace(
        calm(), scenario_id="stricter-rules-at-peak", slices=(*calm().slices, part("stable", "people", 0.062, 3480))
    )


def empty() -> Summary:
    """A run that was stopped before anybody asked."""
    return replace(
        calm(),
        scenario_id="stopped-at-once",
        answers=0,
        sessions=0,
        people=0,
        eligible_people=0,
        headline="Nobody asked: nothing can be said",
        verdict=Verdict.INCONCLUSIVE,
        exit_code=3,
        slices=(),
        latency=(),
        retap_amplification=None,
        calm_floor=None,
        calm_floor_fan_out=None,
        thresholds=(threshold("wrongful_no_credit_rate.people", "< 0.5%", None, Verdict.INCONCLUSIVE),),
        honesty=Honesty(0, 0, 0, 0.0, None, None, None, None, (SILENT,), ()),
    )


def timeline(windows: tuple[Window, ...] = (BUREAU,), *, seconds: int = 75, wrong_in_fault: float = 0.97) -> Timeline:
    """A second a bin: arrivals ramp from 20/s to 80/s and back, and eligible people are refused inside the windows."""
    t_s = np.arange(float(seconds))
    noise = np.random.default_rng(7)
    asked = noise.poisson(np.interp(t_s, [0, 10, 15, 55, 57, 75], [20, 20, 80, 80, 20, 20]))
    troubled = np.zeros(seconds, dtype=bool)
    for window in windows:
        troubled |= (t_s >= window.start_s) & (t_s < window.end_s)
    asked = np.where(troubled, asked * 1.5, asked).astype(np.int64)
    eligible = noise.binomial(asked, 0.65)
    wrong = noise.binomial(eligible, np.where(troubled, wrong_in_fault, 0.019))
    lost = noise.binomial(asked - eligible, 0.004)
    share = np.where(eligible > 0, wrong / np.maximum(eligible, 1), np.nan)
    half = 1.0 / np.sqrt(np.maximum(eligible, 1))
    p99 = np.where(troubled, 2.005, 1.6 + 0.3 * noise.random(seconds))
    return Timeline(
        bin_s=1.0,
        t_s=t_s,
        intended=asked,
        sent=asked,
        answered=np.roll(asked, 1),
        outcomes={"wrongful_no_credit": wrong, "unavailable": lost, "correct": asked - wrong - lost},
        wrongful=share,
        wrongful_low=np.clip(share - half, 0, 1),
        wrongful_high=np.clip(share + half, 0, 1),
        quantiles_s={
            (way, name): p99 * factor * (1.0 if way == "intended" else 0.97)
            for way in ("intended", "sent")
            for name, factor in (("p50", 0.2), ("p95", 0.8), ("p99", 1.0))
        },
        statuses=_statuses(asked, troubled, noise),
        windows=windows,
        warm_up_s=5.0,
    )


def empty_timeline() -> Timeline:
    """Not one bin."""
    none, nothing = np.array([], dtype=np.int64), np.array([])
    return Timeline(1.0, nothing, none, none, none, {}, nothing, nothing, nothing, {}, {}, (), 0.0)


def _statuses(
    asked: NDArray[np.int64], troubled: NDArray[np.bool_], noise: np.random.Generator
) -> dict[tuple[str, str], NDArray[np.int64]]:
    out: dict[tuple[str, str], NDArray[np.int64]] = {}
    for service in SERVICES:
        late = noise.binomial(asked, np.where(troubled & (service == "bureau"), 0.99, 0.006))
        empty_file = noise.binomial(asked - late, 0.25 if service == "bureau" else 0.001)
        out |= {(service, "late"): late, (service, "empty"): empty_file, (service, "ok"): asked - late - empty_file}
    return out


def overlapping() -> Timeline:
    """Two windows that overlap, the second never over before the run ends."""
    return timeline((BUREAU, Window("slow-repayment-path", "latency", "repayment", 28.0, 52.0)))


def manifest(**changes: object) -> Manifest:
    """A manifest with nothing of this machine in it."""
    plain = Manifest(
        run_id="20261111-000000-bureau",
        scenario_id="bureau-outage-at-peak",
        policy="fail-closed",
        seed=20261111,
        created="2026-11-11T00:00:00Z",
        versions={"creditstorm": "0.1.0", "toxiproxy": "2.12.0"},
        git=GitState("0123456789abcdef" * 2 + "01234567", dirty=False),
        host=Host("Linux", "x86_64", 2, 7.8),
        clock=ClockAnchor(1794355200.0, 100.0),
        processes=1,
        planned=5150,
        duration_s=75.0,
        ended=Ended(Ending.COMPLETED),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def run_folder(root: Path, scenario: str = "schema: 1\nid: bureau-outage-at-peak\n") -> RunFolder:
    """A folder with a resolved scenario in it."""
    folder = RunFolder(root)
    folder.scenario.write_text(scenario, encoding="utf-8")
    return folder


RUNS = {
    "bureau": (bureau_outage, timeline),
    "calm": (calm, lambda: timeline(())),
    "empty": (empty, empty_timeline),
    "notified": (notified, timeline),
    "unrecovered": (unrecovered, overlapping),
    "rolled_out": (rolled_out, lambda: timeline(())),
}
"""Every synthetic run by name: how to make its summary and its timeline."""
