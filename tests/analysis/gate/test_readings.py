"""Rules are read in their scope and judged three-valued, with a note that says what would settle them."""

from __future__ import annotations

import pytest
from creditstorm.analysis.summary import Summary, ThresholdResult, Verdict
from creditstorm.analysis.trust import DoubtKind
from creditstorm.record.manifest import Ended, Ending
from tests.analysis.builders import (
    analysed,
    arrival,
    arrivals,
    fault,
    manifest,
    marks,
    run,
    scenario,
    services,
    wrongful,
)

ROWS = [
    *arrivals(200),
    *wrongful(150, start=1_000, from_s=20.0),
    *arrivals(640, start=2_000, from_s=35.0),
    *arrivals(500, start=5_000, from_s=40.0, eligible=False),
]


def judged(thresholds: dict[str, object], rows: list[dict] = ROWS, **parts: object) -> Summary:
    """A run with a bureau fault under these thresholds."""
    asked = scenario([fault()], thresholds)
    return analysed(run(rows, **{"marks": marks(), "scenario": asked, **parts}))


def only(key: str, rule: object, rows: list[dict] = ROWS, **parts: object) -> ThresholdResult:
    """The result of one rule."""
    (result,) = judged({key: [rule]}, rows, **parts).thresholds
    return result


VERDICTS = [
    ("wrongful_no_credit_rate", "< 0.5%", "fail"),
    ("wrongful_no_credit_rate", "< 20%", "pass"),
    ("wrongful_no_credit_rate.requests", "< 15%", "inconclusive"),
    ("wrongful_no_credit_rate.first", "> 10%", "pass"),
    ("wrongful_no_credit_rate.final", "< 1%", "fail"),
    ("wrongful_no_credit_rate{window: bureau}", "< 2%", "fail"),
    ("wrongful_no_credit_rate{window: bureau}", ">= 95%", "pass"),
    ("wrongful_no_credit_rate{phase: calm}", "< 2%", "pass"),
    ("wrongful_no_credit_rate{phase: calm}", "< 1%", "inconclusive"),
    ("wrongful_no_credit_rate{phase: recovery}", "< 1%", "pass"),
    ("wrongful_no_credit_rate{phase: fault}", "< 50%", "fail"),
    ("wrongful_no_credit_rate{segment: micro_business}", "< 1%", "inconclusive"),
    ("wrongful_no_credit_rate{file: thick}", "< 30%", "pass"),
    ("wrongful_approval_rate", "< 1%", "pass"),
    ("deferral_rate", "<= 0.5%", "pass"),
    ("unavailability_rate", "< 0.5%", "pass"),
    ("answer_latency", "p(99) < 2500ms", "pass"),
    ("answer_latency", "p(50) < 50ms", "fail"),
    ("answer_latency", "max < 1s", "pass"),
    ("answer_latency", "avg < 100ms", "fail"),
    ("answer_latency{phase: calm}", "p(99) < 2500ms", "inconclusive"),
    ("send_latency", "p(90) <= 200ms", "pass"),
    ("recovery_time", "< 20s", "pass"),
    ("recovery_time{window: bureau}", "<= 0s", "pass"),
    ("retap_amplification", "< 1.2", "pass"),
    ("unsent_share", "< 1%", "pass"),
]


@pytest.mark.parametrize(("key", "rule", "verdict"), VERDICTS)
def test_verdict_of_a_rule(key: str, rule: str, verdict: str) -> None:
    """Each metric, scope, variant and aggregation is read and judged."""
    result = only(key, rule)
    assert (result.metric, result.rule, result.verdict) == (key, rule, verdict)


REASONS = [
    *wrongful(6),
    *wrongful(3, start=100, answer="undetermined", reason="T_SOURCE"),
    *wrongful(2, start=200, eligible=False),
    *arrivals(8, start=300, eligible=False),
    *arrivals(50, start=400),
    arrival(900, answer="timeout"),
]


def test_honest_reasons() -> None:
    """Of 11 people whom a technical cause kept from credit 3 were told so; approvals and time-outs are not asked."""
    estimate = only("honest_reason_rate", "> 1%", REASONS).estimate
    assert (estimate.value, estimate.n) == (3 / 11, 11)


def test_wrong_reasons() -> None:
    """Of ten requests of ineligible people two were shown a credit reason although a technical cause decided."""
    estimate = only("wrong_reason_rate", "< 50%", REASONS).estimate
    assert (estimate.value, estimate.n) == (0.2, 10)


def test_people_are_the_default_of_wrongful_rates() -> None:
    """Two wrongful answers to one person of two are one of two, not two of three."""
    told = {"answer": "no_credit", "cause": "late:bureau"}
    rows = [arrival(1, 22.0, **told), arrival(1, 26.0, attempt=2, **told), arrival(2, 24.0)]
    assert only("wrongful_no_credit_rate", "< 1%", rows).estimate.value == 0.5
    assert only("wrongful_no_credit_rate.requests", "< 1%", rows).estimate.value == pytest.approx(2 / 3)


def test_how_many_more_would_settle_it() -> None:
    """Zero of 177 is under 1 % only from 299 on: about a hundred and thirty more."""
    note = only("wrongful_no_credit_rate{phase: calm}", "< 1%").note
    assert note == "the interval holds the bound: about 130 more people like these would settle it"


def test_a_high_quantile_needs_more_answers() -> None:
    """A p99 of 177 answers has no upper bound; the note says how many more it takes."""
    result = only("answer_latency{phase: calm}", "p(99) < 2500ms")
    assert result.estimate.high is None
    assert "about 130 more answers" in result.note


def test_no_number_proves_zero() -> None:
    """A bound of exactly 0 % can fail, never pass, and the note says what to write instead."""
    result = only("wrongful_approval_rate", "<= 0%")
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "give a bound between" in result.note


def test_min_samples() -> None:
    """Too few answers for min_samples are inconclusive, whatever they say."""
    rule = {"threshold": "< 0.5%", "min_samples": 10_000}
    result = only("wrongful_no_credit_rate", rule)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.note == "990 of the 10,000 answers that min_samples asks for"


@pytest.mark.parametrize("on_no_data", ["inconclusive", "fail"])
def test_no_matching_answer(on_no_data: str) -> None:
    """Zero matching answers are what the rule says about no data, never a pass."""
    rule = {"threshold": "< 50%", "on_no_data": on_no_data}
    result = only("wrongful_no_credit_rate{segment: micro_business}", rule)
    assert (result.verdict, result.note) == (Verdict(on_no_data), "no matching answers")


def test_recovery_of_no_fault() -> None:
    """A rule on recovery in a run where no fault took effect is inconclusive."""
    result = only("recovery_time", "< 20s", marks=[])
    assert (result.verdict, result.note) == (Verdict.INCONCLUSIVE, "no fault was verified to take effect")


def test_a_window_that_never_was_holds_nobody() -> None:
    """The fault was not applied: whoever asked meanwhile says nothing of it, however many there were."""
    result = only("wrongful_no_credit_rate{window: bureau}", "< 99%", marks=[])
    assert (result.verdict, result.estimate.n) == (Verdict.INCONCLUSIVE, 0)


def test_recovery_that_was_ruled_out() -> None:
    """Not back for 64 s is a fail against 20 s and inconclusive against 90 s."""
    rows = [*arrivals(200), *wrongful(800, start=1_000, from_s=20.0)]
    assert only("recovery_time", "< 20s", rows).verdict is Verdict.FAIL
    late = only("recovery_time", "< 90s", rows)
    assert late.verdict is Verdict.INCONCLUSIVE
    assert late.note == "bureau: not back within the 65 s seen after the clear: 100 % told “no credit”"


def test_metastable_fails_any_bound() -> None:
    """A metastable run fails even a bound longer than it was watched."""
    rows = [*arrivals(100, step_s=0.2), *wrongful(2_000, start=1_000, from_s=20.0, step_s=0.2)]
    result = only("recovery_time", "< 10min", rows, manifest=manifest(duration_s=420.0))
    assert result.verdict is Verdict.FAIL


def test_a_doubt_works_in_both_directions() -> None:
    """In a run that did not complete neither a satisfied rule passes nor a broken one fails."""
    stopped = manifest(ended=Ended(Ending.INTERRUPTED, "Ctrl-C"))
    rules = {"wrongful_no_credit_rate": ["< 0.5%"], "wrongful_approval_rate": ["< 1%"]}
    summary = judged(rules, manifest=stopped)
    assert [result.verdict for result in summary.thresholds] == [Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE]
    notes = [result.note for result in summary.thresholds]
    assert notes == [f"{said}, but in doubt: the run did not complete" for said in ("broken", "satisfied")]
    assert (summary.exit_code, summary.verdict_note) == (3, "in doubt: the run did not complete")


def test_the_interval_shown_is_the_one_judged() -> None:
    """A rate's estimate carries the one-sided bounds of the gate, and says so; with none wronged they are exact."""
    estimate = only("wrongful_approval_rate", "< 1%").estimate
    assert (estimate.level, estimate.covers) == ("each bound one-sided 95 %", "within this episode")
    assert estimate.high == pytest.approx(1 - 0.05 ** (1 / 500))


def test_a_share_that_swings_with_the_run_is_inconclusive_with_the_reason() -> None:
    """A minute in which trouble comes and goes once, by no fault of ours: no interval, and the note says why."""
    rows = [*arrivals(400), *wrongful(150, start=1_000, from_s=20.0), *arrivals(400, start=2_000, from_s=35.0)]
    result = only("wrongful_no_credit_rate", "< 0.5%", rows, marks=[])
    assert (result.estimate.value, result.estimate.low) == (pytest.approx(150 / 950), None)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.note.startswith("no interval: this run is too short for its own memory")


LATE = [
    {"t_s": second + 0.5, "service": name, "lag_s": 0.9} for second in range(100) for name in ("decision", "locust")
]


def test_what_the_fault_explains_fails_on_a_starved_machine_too() -> None:
    """Late or not, who was told "no credit" with the bureau's call inside its window was wronged by the fault."""
    summary = judged({"wrongful_no_credit_rate": ["< 0.5%"]}, services=services(LATE))
    assert [doubt.kind for doubt in summary.honesty.doubts] == [DoubtKind.STARVED]
    assert summary.thresholds[0].verdict is Verdict.FAIL
    assert (summary.exit_code, summary.verdict_note) == (1, "in doubt: a process came round late")


def test_what_no_fault_explains_does_not_fail_on_a_starved_machine() -> None:
    """The same wrongful answers outside every window may be the machine's own."""
    rows = [*arrivals(200), *arrivals(140, start=1_000, from_s=20.3), *wrongful(150, start=3_000, from_s=50.0)]
    late = judged({"wrongful_no_credit_rate": ["< 0.5%"]}, rows, services=services(LATE)).thresholds[0]
    assert (late.verdict, late.note) == (Verdict.INCONCLUSIVE, "broken, but in doubt: a process came round late")
    assert judged({"wrongful_no_credit_rate": ["< 0.5%"]}, rows).thresholds[0].verdict is Verdict.FAIL


def test_latency_is_that_of_decisions() -> None:
    """A thousand fast errors make no fast lender; the note says how many requests are left out."""
    errors = arrivals(1_000, start=9_000, step_s=0.05, answer="error", took_s=0.001)
    result = only("answer_latency", "p(50) < 50ms", [*ROWS, *errors])
    assert result.verdict is Verdict.FAIL
    assert result.estimate.n == len(ROWS)
    assert result.note == "1,000 requests that brought no decision are left out"


def test_a_stable_rule_is_judged_by_the_strategy_before_any_change() -> None:
    """A hundred who were refused have a right to credit under that one only."""
    turned = arrivals(100, start=9_000, from_s=60.0, eligible=False, truth_stable="eligible")
    rows = [*arrivals(300), *turned]
    rate = "wrongful_no_credit_rate"
    plain, stable = (only(key, "< 10%", rows).estimate for key in (rate, f"{rate}.stable"))
    assert ((plain.value, plain.n), (stable.value, stable.n)) == ((0.0, 300), (0.25, 400))
