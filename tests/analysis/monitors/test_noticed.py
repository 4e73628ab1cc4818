"""Who noticed: planted troubles that one monitor can see and another cannot, each over a calm of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from creditstorm.analysis.detection import MonitorResult
from creditstorm.analysis.monitors.kinds import MONITORS
from creditstorm.analysis.monitors.race import CalmSeconds
from creditstorm.analysis.summary import Summary, Verdict
from creditstorm.report.words import noticed as in_words
from creditstorm.scenario.monitors import ALL, MonitorName
from tests.analysis import builders

RATE = 20
FROM_S, TO_S = 40.0, 60.0
TROUBLES: dict[str, dict[str, Any]] = {
    "as in calm": {},
    "fail-closed": {"answer": "no_credit", "reason": "C_RECORD", "cause": "late:bureau", "took_s": 2.0},
    "fast fail-closed": {"answer": "no_credit", "reason": "C_RECORD", "cause": "error:bureau"},
    "honest no": {"answer": "no_credit", "reason": "T_SOURCE", "cause": "error:bureau"},
    "tri-state": {"answer": "undetermined", "reason": "T_SOURCE", "cause": "late:bureau"},
    "broken": {"answer": "error", "reason": None, "cause": None},
    "slow": {"took_s": 1.5},
}
SEEN = {
    "as in calm": set(),
    "fail-closed": {"p99_latency", "decline_rate", "wrongful_no_credit"},
    "fast fail-closed": {"decline_rate", "wrongful_no_credit"},
    "honest no": {"decline_rate", "technical_declines", "wrongful_no_credit"},
    "tri-state": {"undecided_rate"},
    "broken": {"http_errors", "undecided_rate"},
    "slow": {"p99_latency"},
}


def rows(trouble: dict[str, Any], *, rate: int = RATE, seed: int = 5) -> list[dict[str, object]]:
    """100 s: 60 % approved, the others rightly refused, .1 to .3 s each; in the window all have the trouble."""
    rng = np.random.default_rng(seed)
    found = []
    for number, at_s in enumerate(np.sort(rng.uniform(0.0, 100.0, 100 * rate))):
        more = {"eligible": bool(rng.random() < 0.6), "took_s": 0.1 + 0.2 * float(rng.random())}
        found.append(builders.arrival(number, float(at_s), **more | (trouble if FROM_S <= at_s < TO_S else {})))
    return found


def summary_of(trouble: str, thresholds: dict[str, object] | None = None, **parts: Any) -> Summary:
    """The figures of such a run."""
    scenario = builders.scenario([builders.fault(at_s=FROM_S, for_s=TO_S - FROM_S)], thresholds, **parts)
    marks = builders.marks(from_s=FROM_S, to_s=TO_S)
    return builders.analysed(builders.run(rows(TROUBLES[trouble]), scenario=scenario, marks=marks))


def watch(summary: Summary, name: str) -> MonitorResult:
    """One monitor's."""
    return next(one for one in summary.monitors if one.monitor == name)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_who_notices_what(trouble: str) -> None:
    """A lender that paints every failure as a refusal is seen by its declines and by nobody's HTTP errors."""
    summary = summary_of(trouble)
    after_s = {one.monitor: one.noticed[0].after_s for one in summary.monitors}
    assert {name for name, seconds in after_s.items() if seconds is not None} == SEEN[trouble]
    assert all(0.0 < seconds <= 10.0 for seconds in after_s.values() if seconds is not None)
    assert all(one.false_alarms == 0 for one in summary.monitors)
    assert set(after_s) == set(ALL) - {MonitorName.COMPLAINT_RATE} == set(MONITORS) - {MonitorName.COMPLAINT_RATE}


def test_an_alarm_is_over_some_time_after_the_fault() -> None:
    """From the mark of its end, never before it."""
    seen = watch(summary_of("fail-closed"), "decline_rate")
    cleared_s = seen.noticed[0].cleared_after_s
    assert cleared_s is not None
    assert (seen.alarms[0].raised_s, seen.alarms[0].ended_s) == (
        TO_S - 20.0 + seen.noticed[0].after_s,
        TO_S + cleared_s,
    )
    assert 0.0 <= cleared_s <= 30.0


def test_calm_that_is_not_known_notices_nothing() -> None:
    """With a fault from the second second on nobody knows what is usual."""
    rules = {"time_to_detection{monitor: decline_rate}": ["< 60s"]}
    scenario = builders.scenario([builders.fault(at_s=2.0, for_s=TO_S)], rules)
    data = builders.run(rows({}), scenario=scenario, marks=builders.marks(from_s=2.0, to_s=2.0 + TO_S))
    summary = builders.analysed(data)
    for one in summary.monitors:
        assert (one.calm, one.noticed) == (None, ())
        assert "answers in calm" in one.note
    assert in_words(summary) == []
    (result,) = summary.thresholds
    assert result.note == watch(summary, "decline_rate").note


def test_a_rate_that_carries_no_alarm_says_so() -> None:
    """At two people a second a rise by five points takes minutes."""
    scenario = builders.scenario([builders.fault(at_s=90.0, for_s=5.0)])
    data = builders.run(rows({}, rate=2), scenario=scenario, marks=builders.marks(from_s=90.0, to_s=95.0))
    assert "a second a rise from" in watch(builders.analysed(data), "decline_rate").note


def test_two_faults_are_noticed_apart() -> None:
    """The second by an alarm of its own, or not because the first one's is on already."""
    faults = [builders.fault("one", at_s=40.0, for_s=5.0), builders.fault("other", at_s=55.0, for_s=5.0)]
    marks = [*builders.marks("one", from_s=40.0, to_s=45.0), *builders.marks("other", from_s=55.0, to_s=60.0)]
    data = builders.run(rows(TROUBLES["fail-closed"]), scenario=builders.scenario(faults), marks=marks)
    seen = watch(builders.analysed(data), "decline_rate").noticed
    assert [one.fault for one in seen] == ["one", "other"]
    assert seen[0].after_s is not None
    assert (seen[1].after_s, seen[1].note) == (None, "an alarm was on already")


def test_an_alarm_that_ended_is_on_no_more() -> None:
    """A second fault that does nothing, long after the alarm of the first, is not noticed and was not known of."""
    faults = [builders.fault("one", at_s=FROM_S, for_s=20.0), builders.fault("other", at_s=95.0, for_s=4.0)]
    marks = [*builders.marks("one", from_s=FROM_S, to_s=TO_S), *builders.marks("other", from_s=95.0, to_s=99.0)]
    data = builders.run(rows(TROUBLES["broken"]), scenario=builders.scenario(faults), marks=marks)
    seen = watch(builders.analysed(data), "http_errors").noticed
    assert seen[0].cleared_after_s is not None
    assert (seen[1].after_s, seen[1].note) == (None, "")


def test_a_share_has_risen_by_five_points_or_half_its_odds() -> None:
    """Whichever is more: of errors, of which there are none in calm, the points, of declines the odds."""
    summary = summary_of("as in calm")
    errors, declines = watch(summary, "http_errors"), watch(summary, "decline_rate")
    assert None not in (errors.calm, errors.risen, declines.calm, declines.risen)
    assert errors.risen == pytest.approx(errors.calm + 0.05)
    assert declines.risen / (1 - declines.risen) == pytest.approx(1.5 * declines.calm / (1 - declines.calm))


def test_trouble_without_a_fault_is_a_false_alarm() -> None:
    """Where nothing is injected whatever is noticed was not ours."""
    data = builders.run(rows(TROUBLES["broken"]), scenario=builders.scenario())
    assert watch(builders.analysed(data), "http_errors").false_alarms == 1
    scenario = builders.scenario([builders.fault(at_s=90.0, for_s=5.0)])
    data = builders.run(rows(TROUBLES["broken"]), scenario=scenario, marks=builders.marks(from_s=90.0, to_s=95.0))
    seen = watch(builders.analysed(data), "http_errors")
    assert (seen.false_alarms, seen.noticed[0].after_s) == (1, None)


@pytest.mark.parametrize(
    ("trouble", "monitor", "bound", "verdict"),
    [
        ("fail-closed", "decline_rate", "< 15s", Verdict.PASS),
        ("fail-closed", "decline_rate", "< 1s", Verdict.FAIL),
        ("fail-closed", "http_errors", "< 60s", Verdict.FAIL),
        ("tri-state", "undecided_rate", "<= 10s", Verdict.PASS),
    ],
)
def test_a_rule_on_the_time_to_detection(trouble: str, monitor: str, bound: str, verdict: Verdict) -> None:
    """What was never noticed fails every bound."""
    key = f"time_to_detection{{monitor: {monitor}}}"
    (result,) = summary_of(trouble, {key: [bound]}).thresholds
    assert (result.verdict, result.metric) == (verdict, key)
    assert (result.note == "never noticed: bureau") is (monitor == "http_errors")


def test_only_the_monitors_that_were_asked_for() -> None:
    """In the order in which they were named; none at all where the list is empty."""
    names = ["undecided_rate", "http_errors"]
    assert [one.monitor for one in summary_of("broken", monitors=names).monitors] == names
    assert summary_of("broken", monitors=[]).monitors == ()


def test_the_screen_tells_the_first_first() -> None:
    """Those that never did stand at the end; the ideal is called one."""
    (line,) = in_words(summary_of("fail-closed"))
    said = [part.rsplit(" ", 2)[0] for part in line.partition(" · never: ")[0].split(" · ")]
    assert set(said) == {"p99 latency", "declines", "wrongful “no credit” (ideal)"}
    assert line.endswith("never: HTTP errors, technical declines, undecided")


def test_the_same_record_gives_the_same_alarms() -> None:
    """Seeded by the run."""
    assert summary_of("slow").monitors == summary_of("slow").monitors
    assert MonitorName.P99_LATENCY.value in ALL


def test_calm_is_at_most_a_minute_between_warm_up_and_the_first_fault() -> None:
    """In whole seconds; none where the fault is on before it."""
    spans = [CalmSeconds.of(*times) for times in ((2.5, 20.9), (5.0, 300.0), (30.0, 20.0))]
    assert [(span.begin, span.end, span.seconds) for span in spans] == [(3, 20, 17), (5, 65, 60), (30, 30, 0)]
