"""The verdict of a run: fail before inconclusive before pass, each with its exit code."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.analysis.gate.readings import Reading
from creditstorm.analysis.gate.verdict import about, judge, more_needed, more_wanted, verdict_of, verdict_of_interval
from creditstorm.analysis.measures.rates import Tally
from creditstorm.analysis.statistics import intervals
from creditstorm.analysis.summary import Estimate, ThresholdResult, Verdict
from creditstorm.analysis.trust import Doubt, DoubtKind
from tests.analysis.builders import scenario
from tests.analysis.statistics import exact


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
    found = verdict_of([result(one) for one in verdicts], [Doubt(DoubtKind.LATE, text) for text in doubts])
    assert (found.verdict, found.exit_code) == (verdict, exit_code)


def test_why_without_thresholds() -> None:
    """A pass that nothing asked for says so, an inconclusive one names its doubt."""
    assert verdict_of([], []).note == "no thresholds: nothing was asked of this run"
    died = Doubt(DoubtKind.WORKER_DIED, "load worker 1 died: its arrivals are missing")
    assert verdict_of([], [died, died]).note == "in doubt: a load worker died"


INTERVALS = [
    (0.1, 0.2, "<", 0.3, Verdict.PASS),
    (0.1, 0.2, "<", 0.2, Verdict.INCONCLUSIVE),
    (0.1, 0.2, "<=", 0.2, Verdict.PASS),
    (0.1, 0.2, "<", 0.15, Verdict.INCONCLUSIVE),
    (0.1, 0.2, "<", 0.1, Verdict.FAIL),
    (0.1, 0.2, "<=", 0.1, Verdict.INCONCLUSIVE),
    (0.1, 0.2, ">", 0.05, Verdict.PASS),
    (0.1, 0.2, ">", 0.3, Verdict.FAIL),
    (0.1, 0.2, ">=", 0.1, Verdict.PASS),
    (None, None, "<", 0.1, Verdict.INCONCLUSIVE),
    (0.4, None, "<", 0.1, Verdict.FAIL),
    (0.4, None, "<", 0.9, Verdict.INCONCLUSIVE),
    (0.4, None, ">", 0.1, Verdict.PASS),
]


@pytest.mark.parametrize(("low", "high", "op", "bound", "verdict"), INTERVALS)
def test_interval_against_bound(low: float | None, high: float | None, op: str, bound: float, verdict: Verdict) -> None:
    """The whole interval must satisfy the rule to pass, and none of it to fail."""
    assert verdict_of_interval(Estimate(low, low, high, 10, ""), op, bound) is verdict


@pytest.mark.parametrize(("n", "bound"), [(1_000, 0.01), (5_000, 0.005), (400, 0.5)])
def test_false_verdicts_are_rare(n: int, bound: float) -> None:
    """Exactly at the bound, where neither is true, pass and fail each come in at most 5 % of runs."""
    rng = np.random.default_rng(99)
    drawn = Counter(rng.binomial(n, bound, 20_000).tolist())
    verdicts: Counter[Verdict] = Counter()
    for hits, times in drawn.items():
        verdicts[verdict_of_interval(intervals.clopper_pearson(hits, n), "<", bound)] += times
    assert verdicts[Verdict.PASS] / 20_000 <= 0.053
    assert verdicts[Verdict.FAIL] / 20_000 <= 0.053


def test_false_latency_pass_is_rare() -> None:
    """A p99 exactly at its bound passes in at most 5 % of runs."""
    rng = np.random.default_rng(5)
    samples = (np.sort(rng.random(1_500)) for _ in range(3_000))
    passes = sum(verdict_of_interval(exact.quantile(s, 0.99), "<", 0.99) is Verdict.PASS for s in samples)
    assert passes / 3_000 <= 0.06


@given(hits=st.integers(0, 60), n=st.integers(60, 2_000), bound=st.sampled_from([0.001, 0.01, 0.02, 0.2]))
def test_more_of_the_same_settles(hits: int, n: int, bound: float) -> None:
    """With as many more answers as promised, at the same share, the verdict is no longer inconclusive."""
    more = more_needed(Tally(hits, n), bound)
    if more is not None:
        whole = n + more
        settled = intervals.clopper_pearson(round(hits / n * whole), whole)
        assert verdict_of_interval(settled, "<", bound) is not Verdict.INCONCLUSIVE


@pytest.mark.parametrize(("tally", "bound"), [(Tally(1, 100), 0.01), (Tally(0, 100), 0.0), (Tally(0, 0), 0.1)])
def test_what_nothing_settles(tally: Tally, bound: float) -> None:
    """A share at its bound, a bound of 0, or no answer at all has no such number."""
    assert more_needed(tally, bound) is None


@pytest.mark.parametrize(("count", "said"), [(1, "1"), (87, "87"), (1_234, "1,300"), (98_765, "99,000")])
def test_counts_as_people_say_them(count: int, said: str) -> None:
    """Two figures, never fewer than are needed."""
    assert about(count) == said


@pytest.mark.parametrize(("low", "high", "found"), [(0.38, 0.99, "fail"), (0.001, 0.9, "inconclusive")])
def test_without_an_interval_only_what_is_far_from_the_bound_is_decided(low: float, high: float, found: str) -> None:
    """The bounds of a few stretches stand in: 88 % in four of them is no 2 %, whatever the run remembers."""
    (rule,) = scenario(thresholds={"wrongful_no_credit_rate": ["< 2%"]}).thresholds
    short = Estimate(0.88, None, None, 800, "", reason="no interval: this run is too short for its own memory")
    reading = Reading(short, note=short.reason, stretches=Estimate(0.88, low, high, 800, ""))
    assert judge(rule, reading) == (Verdict(found), short.reason)


def test_the_command_brings_as_many_as_the_note_says() -> None:
    """Where four answers tell as much as one, both ask for four times as many."""
    (rule,) = scenario(thresholds={"wrongful_no_credit_rate.requests": ["< 1%"]}).thresholds
    tally = Tally(5, 800)
    reading = Reading(intervals.clopper_pearson(tally.hits, tally.n), tally, 0.01, worth=0.25)
    assert more_wanted(rule, reading) == more_needed(tally, 0.01, 0.25)
    assert f"about {about(more_needed(tally, 0.01, 0.25) or 0)} more" in judge(rule, reading)[1]
