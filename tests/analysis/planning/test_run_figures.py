"""The figures of one run by their names: of the run, of a window, and of its recovery."""

from __future__ import annotations

from dataclasses import replace

import pytest
from creditstorm.analysis.planning.run_figures import BACK, known_figures, rule_on, run_figures
from creditstorm.analysis.summary import Recovery
from tests.analysis.builders import analysed, arrivals, fault, marks, run, scenario, wrongful

SUMMARY = analysed(
    run(
        arrivals(30) + wrongful(10, start=30, from_s=22.0) + arrivals(10, start=40, from_s=60.0),
        scenario=scenario([fault()]),
        marks=marks(),
    )
)


def test_people_requests_and_windows_are_told_apart() -> None:
    """Ten of fifty people wronged, all of them in the window, and every name that a sweep may ask for is there."""
    found = run_figures(SUMMARY)
    assert found["wrongful_no_credit_rate.people"] == found["wrongful_no_credit_rate.requests"] == 0.2
    assert found["wrongful_no_credit_rate.requests{window: bureau}"] == 1.0
    assert found["answer_latency p(50)"] == pytest.approx(0.101)
    assert set(found) == set(known_figures(["bureau"]))


@pytest.mark.parametrize(
    ("seconds", "worst_s"), [((3.0, 7.0, 5.0), 7.0), ((3.0, None), None), ((None, None), None), ((), None)]
)
def test_recovery_is_the_worst_one_if_all_are_known(seconds: tuple[float | None, ...], worst_s: float | None) -> None:
    """An episode that was not shown back leaves the figure open."""
    recovery = tuple(Recovery(("bureau",), one, 30.0) for one in seconds)
    assert run_figures(replace(SUMMARY, recovery=recovery))[BACK] == worst_s


RULES = {
    "wrongful_no_credit_rate{phase: calm}": ["< 3%"],
    "wrongful_no_credit_rate.requests{window: bureau}": ["< 2%"],
    "wrongful_no_credit_rate.stable": ["< 4%"],
    "wrongful_no_credit_rate": ["< 1%"],
    "answer_latency{phase: calm}": ["p(99) < 1s"],
    "answer_latency": ["p(99) < 2s"],
}


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("wrongful_no_credit_rate.people", 0.01),
        ("wrongful_no_credit_rate.requests{window: bureau}", 0.02),
        ("answer_latency p(99)", 2.0),
        ("answer_latency p(50)", None),
        ("deferral_rate.people", None),
    ],
)
def test_the_rule_on_a_figure_is_of_the_same_part_and_oracle(name: str, bound: float | None) -> None:
    """One on a phase alone, or judged by the strategy before a change, is on no figure of a sweep."""
    rule = rule_on(name, scenario([fault()], RULES).thresholds)
    assert (None if rule is None else rule.bound) == bound
