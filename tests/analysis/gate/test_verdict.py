"""The verdict of a run: fail before inconclusive before pass, each with its exit code."""

from __future__ import annotations

import pytest

from creditstorm.analysis.gate.verdict import verdict_of
from creditstorm.analysis.summary import Estimate, ThresholdResult, Verdict


def result(verdict: str) -> ThresholdResult:
    """A rule that was judged."""
    return ThresholdResult("m", "< 1", Estimate(0.0, 0.0, 0.0, 1, ""), "", Verdict(verdict), "")


CASES = [
    (["pass", "pass"], [], "pass", 0),
    (["pass", "fail", "inconclusive"], [], "fail", 1),
    (["fail"], ["a doubt"], "fail", 1),
    (["pass", "inconclusive"], [], "inconclusive", 3),
    (["pass"], ["a doubt"], "inconclusive", 3),
    ([], ["a doubt"], "inconclusive", 3),
    ([], [], "pass", 0),
]


@pytest.mark.parametrize(("verdicts", "doubts", "verdict", "exit_code"), CASES)
def test_verdict_of_a_run(verdicts: list[str], doubts: list[str], verdict: str, exit_code: int) -> None:
    """Any fail fails; else any doubt or open rule is inconclusive; else it passes."""
    found = verdict_of([result(one) for one in verdicts], doubts)
    assert (found.verdict, found.exit_code) == (verdict, exit_code)


def test_why_without_thresholds() -> None:
    """A pass that nothing asked for says so, an inconclusive one names its doubt."""
    assert verdict_of([], []).note == "no thresholds: nothing was asked of this run"
    assert verdict_of([], ["worker 1 died"]).note == "worker 1 died"
