"""Rules on a quantile are judged by how many answers are beyond the bound, whatever the shape of the rest."""

from __future__ import annotations

import numpy as np
import pytest
from creditstorm.analysis.summary import ThresholdResult
from tests.analysis.builders import analysed, arrival, run, scenario

DEADLINE_S = 2.0


def lump(n: int, late: int, *, spent_s: float = DEADLINE_S) -> list[dict[str, object]]:
    """So many answers over a minute, evenly in time; `late` of them lie at the deadline, the rest took 50 ms."""
    every = n // late if late else n + 1
    return [
        arrival(i, i * 60.0 / n, done_s=i * 60.0 / n + (spent_s if late and i % every == 0 else 0.05)) for i in range(n)
    ]


def judged(rule: str, rows: list[dict[str, object]]) -> ThresholdResult:
    """The result of one rule on the latency of these answers."""
    (result,) = analysed(run(rows, scenario=scenario(thresholds={"answer_latency": [rule]}))).thresholds
    return result


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        *(("p(99) < 2500ms", "pass"), ("p(99) <= 2s", "pass"), ("p(99) < 2s", "fail"), ("p(99) < 1s", "fail")),
        *(("p(90) < 1s", "fail"), ("p(50) < 1s", "pass"), ("p(50) > 1s", "fail"), ("p(90) >= 2s", "pass")),
        *(("p(90) > 2s", "fail"), ("p(99) > 1s", "pass")),
    ],
)
def test_a_lump_at_the_deadline_can_be_judged(rule: str, verdict: str) -> None:
    """A fifth of the answers lies at the deadline of 2 s exactly: a bound at it, below and above has one verdict."""
    assert judged(rule, lump(2_000, 400)).verdict == verdict


def test_the_rule_of_three_bounds_a_quantile() -> None:
    """None of 298 beyond the bound is too few for the p99, none of 299 is enough."""
    assert judged("p(99) < 1s", lump(298, 0)).verdict == "inconclusive"
    assert judged("p(99) < 1s", lump(299, 0)).verdict == "pass"


def test_at_the_bound_nothing_is_decided() -> None:
    """One in a hundred at or above the bound of a p99 neither passes nor fails."""
    assert judged("p(99) < 2s", lump(2_000, 20)).verdict == "inconclusive"


def test_none_beyond_proves_nothing_where_latency_remembers() -> None:
    """Latency that wanders for half a minute and never met the bound says nothing of the next half minute."""
    times = np.arange(2_000) * 60.0 / 2_000
    spent = 0.5 + 0.4 * np.sin(times / 60.0 * 2.0 * np.pi)
    rows = [arrival(i, t, done_s=t + s) for i, (t, s) in enumerate(zip(times.tolist(), spent.tolist(), strict=True))]
    result = judged("p(99) < 1s", rows)
    assert result.verdict == "inconclusive"
    assert "too short for its own memory" in result.note


def test_what_was_beyond_is_said_where_the_quantile_has_no_interval() -> None:
    """The figure stands without brackets, so the note says what it was judged by."""
    rng = np.random.default_rng(3)
    rows = lump(2_000, 0)
    for burst in rng.choice(60, 3, replace=False):
        for row in rows:
            if int(float(str(row["intended_s"]))) == burst:
                row["done_s"] = float(str(row["intended_s"])) + DEADLINE_S - 0.1 * rng.random()
    result = judged("p(99) < 2500ms", rows)
    assert (result.verdict, result.estimate.high) == ("pass", None)
    assert "0 of 2,000 are at or above the bound" in result.note


@pytest.mark.parametrize(
    ("rule", "verdict"), [("avg < 500ms", "pass"), ("avg < 400ms", "fail"), ("avg < 440ms", "inconclusive")]
)
def test_a_mean_is_judged_by_its_interval(rule: str, verdict: str) -> None:
    """A fifth of 2 s and the rest of 50 ms make 440 ms."""
    assert judged(rule, lump(2_000, 400)).verdict == verdict


def test_a_mean_that_wanders_has_no_interval() -> None:
    """Neighbours alike for half of the run: the mean says why it is not bounded."""
    times = np.arange(2_000) * 60.0 / 2_000
    spent = 0.5 + 0.4 * np.sin(times / 60.0 * 2.0 * np.pi)
    rows = [arrival(i, t, done_s=t + s) for i, (t, s) in enumerate(zip(times.tolist(), spent.tolist(), strict=True))]
    assert "too short for its own memory" in judged("avg < 700ms", rows).note


def test_retaps_keep_a_person_whole() -> None:
    """1.25 attempts a session where every fourth person taps twice: an interval around it."""
    rows = [arrival(i, i * 0.05) for i in range(1_200)]
    rows += [arrival(i, i * 0.05 + 2.0, attempt=2) for i in range(0, 1_200, 4)]
    (result,) = analysed(run(rows, scenario=scenario(thresholds={"retap_amplification": ["< 1.4"]}))).thresholds
    assert result.estimate.value == pytest.approx(1.25)
    assert result.estimate.low is not None
    assert result.estimate.high is not None
    assert 1.2 < result.estimate.low < 1.25 < result.estimate.high < 1.3
    assert result.verdict == "pass"
