"""A rule is clearly broken where another run may be trusted to break it, live too."""

from __future__ import annotations

import pytest
from creditstorm.analysis.planning.clearly import _lower_prediction, clearly_broken
from creditstorm.analysis.summary import Estimate, ThresholdResult, Verdict
from creditstorm.scenario.model import Threshold
from tests.runs.small import small_scenario


def rule(metric: str, text: str) -> Threshold:
    """As a scenario has it."""
    [threshold] = small_scenario(f'thresholds={{"{metric}": ["{text}"]}}').thresholds
    return threshold


def run(
    asked: Threshold, value: float | None, half: float | None, verdict: Verdict = Verdict.FAIL
) -> list[ThresholdResult]:
    """One run with such a figure, and its interval."""
    ends = (None, None) if value is None or half is None else (value - half, value + half)
    estimate = Estimate(value, *ends, 100, "")
    return [ThresholdResult(asked.key, asked.text, estimate, asked.unit, verdict, "")]


HARM = "wrongful_no_credit_rate.people"


@pytest.mark.parametrize(
    ("metric", "text", "values", "half", "clear"),
    [
        (HARM, "< 15%", (0.30, 0.31, 0.29, 0.30), 0.03, True),
        (HARM, "< 15%", (0.19, 0.20, 0.20, 0.19), 0.03, False),  # its own bound lies within what a simulation errs
        (HARM, "< 15%", (0.40, 0.20, 0.40, 0.20), 0.03, False),  # another run may be below
        (HARM, "< 15%", (0.30,), 0.03, True),
        (HARM, "< 15%", (0.19,), 0.03, False),
        (HARM, "< 97%", (0.995, 0.995, 0.995), 0.001, True),  # 2 pp more than this could hardly be measured
        ("decided_rightly_rate", "> 90%", (0.60, 0.61, 0.60), 0.02, True),
        ("decided_rightly_rate", "> 90%", (0.80, 0.81, 0.80), 0.04, False),
        (HARM, "< 50%", (0.51, 0.51, 0.51), 0.001, False),  # of half of all people a point is within that too
        ("answer_latency", "p(99) < 1s", (1.5, 1.6, 1.5), None, True),
        ("answer_latency", "p(99) < 1s", (1.09, 1.10, 1.10), None, False),
        ("answer_latency", "p(99) < 1s", (1.115,) * 3, None, False),  # just as far off as a simulated one may be
        ("answer_latency", "p(99) < 1s", (1.1151,) * 3, None, True),
    ],
)
def test_by_a_margin_over_all_runs(
    metric: str, text: str, values: tuple[float, ...], half: float, *, clear: bool
) -> None:
    """The nearest end of each interval counts, and how much it differs from run to run."""
    asked = rule(metric, text)
    found = clearly_broken([run(asked, value, half) for value in values], [asked])
    assert bool(found) is clear
    for one in found:
        assert (one.rule, one.values) == (f"{asked.key} {text}", values)


def test_one_run_that_does_not_fail_is_enough_to_doubt() -> None:
    """Whatever the figures are; a rule that is broken without a figure has to be broken every time."""
    asked = rule(HARM, "< 15%")
    open_run = run(asked, 0.5, 0.01, Verdict.INCONCLUSIVE)
    assert clearly_broken([run(asked, 0.5, 0.01), open_run], [asked]) == ()
    never = rule("recovery_time", "< 5s")
    [found] = clearly_broken([run(never, None, None)] * 2, [never])
    assert (found.values, found.beyond) == ((), None)
    assert clearly_broken([run(never, None, None), run(never, None, None, Verdict.PASS)], [never]) == ()


def test_the_next_value_lies_above_the_bound_of_students_t() -> None:
    """Of 1, 2 and 3 the mean is 2 and the deviation 1; t at 95 % with two degrees is 2.92."""
    assert _lower_prediction([1.0, 2.0, 3.0]) == pytest.approx(2.0 - 2.919986 * (4 / 3) ** 0.5, rel=1e-6)
