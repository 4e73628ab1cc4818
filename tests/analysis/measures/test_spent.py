"""Rules on a quantile are judged by how many answers are beyond the bound, whatever the shape of the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.asked import asked_of
from creditstorm.analysis.measures.spent import Spent, spent_of
from creditstorm.analysis.statistics.seconds import Level
from creditstorm.analysis.summary import ThresholdResult
from tests.analysis.builders import analysed, arrival, manifest, marks, run, scenario

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


def spent_in(rows: list[dict[str, object]], measured_from: str = "sent", **parts: Any) -> Spent:
    """What the requests of these rows took."""
    frame, phases = frame_of(run(rows, **parts))
    return spent_of(asked_of(frame, phases).part(pl.col("measured")), measured_from)


def test_a_bound_is_met_or_passed() -> None:
    """Of four requests one took longer than half a second, and one just as long."""
    rows = [arrival(i, float(i), took_s=took_s) for i, took_s in enumerate((0.25, 0.5, 0.75, 0.125))]
    spent = spent_in(rows)
    assert (spent.slower(0.5, or_equal=False).hits, spent.slower(0.5, or_equal=True).hits) == (1, 2)
    assert {spent.slower(0.5, or_equal=word).n for word in (False, True)} == {4}


def test_who_has_not_ended_took_no_time() -> None:
    """What was never sent is in no quantile and no mean, and nothing at all has neither."""
    rows = [arrival(0, 0.0, took_s=0.5), arrival(1, 1.0, answer="unsent"), arrival(2, 2.0, took_s=1.5)]
    spent = spent_in(rows)
    assert spent.mean(Level.SHOWN).value == pytest.approx(1.0)
    assert (spent.mean(Level.SHOWN).n, spent.quantile(0.5, Level.SHOWN).n) == (2, 2)
    nobody = spent_in(rows[1:2])
    assert (nobody.mean(Level.SHOWN).value, nobody.quantile(0.5, Level.SHOWN).value) == (None, None)
    assert nobody.slower(1.0, or_equal=True).n == 0


def test_the_wait_before_the_send_counts_from_the_intended_instant_only() -> None:
    """Half a second of lag."""
    rows = [arrival(i, float(i), lag_s=0.5, took_s=0.25) for i in range(4)]
    assert spent_in(rows, "sent").mean(Level.SHOWN).value == pytest.approx(0.25)
    assert spent_in(rows, "intended").mean(Level.SHOWN).value == pytest.approx(0.75)


def test_the_dust_of_a_subtraction_is_no_memory() -> None:
    """Answers that all took the same remember nothing, however late in a long run they are."""
    rows = [arrival(i, 80_000.0 + i * 0.3, lag_s=0.0, took_s=0.1) for i in range(400)]
    assert np.ptp(spent_in(rows).spent_s) == 0.0
    assert spent_in(rows).slower(1.0, or_equal=False).reason == ""


def slow_while_dark(slow_s: float) -> list[dict[str, object]]:
    """Ten requests a second of about a tenth of a second for 100 s, so much slower from 20 to 35 s."""
    rng = np.random.default_rng(5)
    took = 0.1 + 0.01 * rng.random(1000) + np.where((np.arange(1000) >= 200) & (np.arange(1000) < 350), slow_s, 0.0)
    return [arrival(i, i * 0.1, lag_s=0.0, took_s=float(one)) for i, one in enumerate(took)]


def test_what_a_fault_makes_late_is_no_memory() -> None:
    """Where the fault is known the mean is bounded as of independent requests; where it is not, not at all."""
    spent = spent_in(slow_while_dark(1.9), marks=marks())
    known = spent.mean(Level.SHOWN)
    assert known.low is not None
    assert known.high is not None
    independent = 1.96 * float(spent.spent_s.std()) / np.sqrt(1000)
    assert independent < (known.high - known.low) / 2 < 1.3 * independent
    assert spent_in(slow_while_dark(1.9)).mean(Level.SHOWN).low is None


def test_a_window_with_one_request_or_none_that_ended_adds_no_spread() -> None:
    """Where all took the same the mean is known to the point, and no second is beyond what its window explains."""
    rows = [arrival(i, float(i), lag_s=0.0, took_s=0.125) for i in (*range(20), 25, *range(60, 80))]
    rows += [arrival(i, float(i), answer="unsent") for i in (45, 46)]
    windows = [*marks(), *marks("income", from_s=40.0, to_s=50.0, target="income")]
    spent = spent_in(rows, marks=windows)
    mean, level = spent.mean(Level.SHOWN), spent.slower(0.5, or_equal=False).level
    assert (mean.low, mean.value, mean.high) == (0.125, 0.125, 0.125)
    assert level is not None
    assert level.tolist() == [0.0] * 41


def test_none_later_than_a_bound_is_sure_where_only_a_fault_made_answers_late() -> None:
    """The mean latency of each second is taken without what its window explains."""
    known = spent_in(slow_while_dark(1.9), marks=marks()).slower(3.0, or_equal=False)
    assert known.reason == ""
    assert spent_in(slow_while_dark(1.9)).slower(3.0, or_equal=False).reason


@pytest.mark.parametrize(("q", "value"), [(0.5, 0.5), (0.501, 0.501), (1.0, 1.0)])
def test_a_quantile_is_the_nearest_rank(q: float, value: float) -> None:
    """Of 1 to 1,000 ms in any order; half of them are at most the median, and so its interval is around it."""
    took = (np.random.default_rng(9).permutation(1000) + 1) / 1000
    found = spent_in([arrival(i, i * 0.1, lag_s=0.0, took_s=float(t)) for i, t in enumerate(took)]).quantile(
        q, Level.GATED
    )
    assert found.value == pytest.approx(value)
    if q < 1.0:
        assert found.low is not None
        assert found.high is not None
        assert value - 0.06 < found.low < value < found.high < value + 0.06


@pytest.mark.parametrize("a_second", [1, 2])
def test_a_mean_is_never_surer_than_of_independent_requests(a_second: int) -> None:
    """A tenth and three tenths of a second in turn, both within each second or one in each: 0.2 ± z · 0.1 / √800."""
    rows = [arrival(i, i / a_second, lag_s=0.0, took_s=0.1 if i % 2 else 0.3) for i in range(800)]
    found = spent_in(rows, manifest=manifest(duration_s=801.0)).mean(Level.SHOWN)
    assert found.value == pytest.approx(0.2)
    assert found.low is not None
    assert found.high is not None
    assert 1.0 <= (found.high - found.low) / 2 / (1.96 * 0.1 / np.sqrt(800)) < 1.2


def test_a_quantile_knows_how_the_answers_below_it_cluster() -> None:
    """Each second has one mean and three quick answers of ten; up to the median are seven, later three: no interval."""
    early, late = (*(0.1,) * 3, *(0.3,) * 4, *(2.3 / 3,) * 3), (*(0.1,) * 3, *(0.5,) * 7)
    took = [one for second in range(100) for one in (early if second < 50 else late)]
    spent = spent_in([arrival(i, i * 0.1 + 0.01, lag_s=0.0, took_s=one) for i, one in enumerate(took)])
    median, quick = spent.quantile(0.5, Level.SHOWN), spent.quantile(0.2, Level.SHOWN)
    assert (median.value, median.low) == (pytest.approx(0.3), None)
    assert "too short for its own memory" in median.reason
    assert (quick.value, quick.low) == (pytest.approx(0.1), pytest.approx(0.1))
