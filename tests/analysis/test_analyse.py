"""The whole summary: the same record gives the same figures, whatever its order and however it ended."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from creditstorm.analysis.analyse import figures_of
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.summary import Summary, Verdict
from creditstorm.record.manifest import Ended, Ending
from tests.analysis.builders import analysed, arrivals, fault, manifest, marks, run, scenario, storm, wrongful

RULES = {
    "wrongful_no_credit_rate": ["< 0.5%"],
    "answer_latency": ["p(99) < 2500ms", "avg < 1s"],
    "recovery_time": ["< 20s"],
    "retap_amplification": ["< 9"],
}


def stormy(answers: pa.Table, **changes: object) -> RunData:
    """A storm with the bureau dark from 20 to 35 s."""
    return run(
        answers,
        marks=marks(),
        scenario=scenario([fault()], RULES, warm_up_s=5.0),
        manifest=manifest(**{"duration_s": 75.0, **changes}),
    )


def test_a_storm_of_known_rates() -> None:
    """2 % in calm, all in the window, back at once; the causes are the ones that were drawn."""
    summary = analysed(stormy(storm(40_000)))
    calm, window = summary.slice("phase", "calm"), summary.slice("window", "bureau")
    assert calm is not None
    assert window is not None
    assert calm.rates.wrongful_no_credit_rate.value == pytest.approx(0.02, abs=0.005)
    assert (calm.first_cause, calm.start_s, calm.end_s) == ("late:income", 5.0, 17.74)
    assert window.rates.wrongful_no_credit_rate.value == 1.0
    assert window.first_cause == "late:bureau"
    assert list(summary.causes) == ["late:bureau", "late:income"]
    assert summary.recovery[0].seconds == 0.0
    assert (summary.verdict, summary.exit_code) == (Verdict.FAIL, 1)


@pytest.fixture(scope="module")
def in_order() -> tuple[pa.Table, Summary]:
    """A record as it was written, and its summary."""
    answers = storm(3_000)
    return answers, analysed(stormy(answers))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_rows_does_not_matter(in_order: tuple[pa.Table, Summary], seed: int) -> None:
    """Any permutation of the record gives the same summary, to the bit."""
    answers, summary = in_order
    shuffled = answers.take(pa.array(np.random.default_rng(seed).permutation(answers.num_rows)))
    assert analysed(stormy(shuffled)) == summary


def test_the_same_record_the_same_figures() -> None:
    """Analysed twice, and as summary and timeline together, a run gives equal figures."""
    data = stormy(storm(3_000))
    summary, line = figures_of(data)
    assert summary == analysed(data) == analysed(data)
    _, again = figures_of(data)
    np.testing.assert_array_equal(line.wrongful, again.wrongful)
    np.testing.assert_array_equal(line.quantiles_s["intended", "p50"], again.quantiles_s["intended", "p50"])


def test_many_chunks_are_one_table() -> None:
    """A table in chunks, each with words of its own, is the same record."""
    parts = [storm(500, seed=1), storm(500, seed=2)]
    whole = pa.concat_tables(parts)
    assert analysed(stormy(whole)) == analysed(stormy(whole.combine_chunks()))


def test_phases_come_in_the_order_of_time() -> None:
    """Warm-up, calm, window, recovery."""
    summary = analysed(stormy(storm(2_000)))
    names = [part.name for part in summary.slices if part.kind in ("phase", "window")]
    assert names == ["warm_up", "calm", "bureau", "recovery"]


def test_warm_up_is_in_no_rate() -> None:
    """Who is wronged in the warm-up only is not counted, though the answer is."""
    rows = [*wrongful(10), *arrivals(90, start=100, from_s=6.0)]
    summary = analysed(run(rows, scenario=scenario(warm_up_s=5.0)))
    assert (summary.answers, summary.eligible_people, summary.wronged_people) == (100, 90, 0)
    assert summary.causes == {}


def test_retap_amplification() -> None:
    """Answers a session: three taps of one person and one of another are two."""
    rows = [row | {"session": 1, "attempt": n} for n, row in enumerate(arrivals(3), start=1)] + arrivals(1, start=9)
    assert analysed(run(rows)).retap_amplification == 2.0


def test_nothing_recorded() -> None:
    """No answers: every figure is absent and the verdict inconclusive."""
    summary = analysed(run([], scenario=scenario([], {"wrongful_no_credit_rate": ["< 1%"]})))
    assert (summary.verdict, summary.exit_code) == (Verdict.INCONCLUSIVE, 3)
    assert (summary.answers, summary.retap_amplification, summary.calm_floor) == (0, None, None)
    assert summary.latency[0].quantiles_s == {}


def test_nobody_eligible() -> None:
    """Without a creditworthy person there is no wrongful rate, and the sentence says so."""
    summary = analysed(run(arrivals(50, eligible=False)))
    part = summary.slice("attempt", "people")
    assert part is not None
    assert part.rates.wrongful_no_credit_rate.value is None
    assert part.rates.wrongful_approval_rate.n == 50
    assert summary.headline.startswith("No creditworthy person asked")


def test_a_run_cut_off() -> None:
    """A killed run is analysed up to its last arrival, and is inconclusive."""
    answers = storm(2_000)
    half = answers.filter(pa.compute.less(answers["intended_s"], 30.0))
    summary = analysed(stormy(half, ended=Ended(Ending.RUNNING), planned=1_500))
    assert summary.duration_s < 30.0
    assert summary.honesty.unsent == 0
    assert summary.honesty.doubts[0].text == "the run was cut off (the harness was killed)"
    assert summary.verdict is Verdict.INCONCLUSIVE


def test_a_lost_worker_is_in_the_denominator() -> None:
    """Arrivals nobody recorded make people unavailable, of requests and of people."""
    summary = analysed(run(arrivals(90), manifest=manifest(planned=100, dead_workers=(1,))))
    part = summary.slice("attempt", "people")
    assert part is not None
    assert part.rates.unavailability_rate.value == pytest.approx(0.1)
    assert summary.honesty.unsent == 10
    assert summary.exit_code == 3


def test_a_window_of_one_person_does_not_lead() -> None:
    """One of one is less sure than 50 of 60: the headline speaks of the window that surely hurt people."""
    two = [*marks("bureau", from_s=20.0, to_s=35.0), *marks("brief", from_s=50.0, to_s=52.0)]
    rows = [
        *arrivals(100),
        *wrongful(50, start=1_000, from_s=22.0),
        *arrivals(10, start=2_000, from_s=30.0),
        *wrongful(1, start=3_000, from_s=51.0),
    ]
    faults = [fault(), fault("brief", at_s=50.0, for_s=2.0)]
    found = analysed(run(rows, marks=two, scenario=scenario(faults)))
    assert found.headline.startswith("Of the 60 creditworthy people who asked while the bureau was dark, 83.3 % were")


def test_a_run_of_many_faults() -> None:
    """Each of 45 short windows has its own requests, though there are more sets of windows than a number can hold."""
    starts = {f"f{number}": 5.0 + 2.0 * number for number in range(45)}
    told = [one for start_s in starts.values() for one in wrongful(5, start=10 * round(start_s), from_s=start_s + 0.3)]
    data = run(
        [*arrivals(100, start=1000, step_s=0.04), *told],
        marks=[one for name, start_s in starts.items() for one in marks(name, from_s=start_s, to_s=start_s + 1.0)],
        scenario=scenario([fault(name, at_s=start_s, for_s=1.0) for name, start_s in starts.items()]),
    )
    slices = [part for part in analysed(data).slices if part.kind == "window"]
    assert [(part.name, part.asked, part.rates.wrongful_no_credit_rate.value) for part in slices] == [
        (name, 5, 1.0) for name in starts
    ]


def test_the_sentence_and_the_calm_floor_are_of_people_with_all_their_taps() -> None:
    """Ten who were told nothing at first and "no" after a second tap were all wronged, beside 3 of 30 in calm."""
    rows = arrivals(27) + wrongful(3, start=27, from_s=2.7)
    rows += arrivals(10, start=40, from_s=24.0, step_s=0.2, answer="undetermined")
    rows += wrongful(10, start=40, from_s=28.0, step_s=0.2, attempt=2)
    summary = analysed(run(rows, marks=marks(), scenario=scenario([fault()])))
    assert summary.headline.startswith("Of the 10 creditworthy people who asked while the bureau was dark, 100.0 %")
    assert "13 of 40 (32.5 %" in summary.headline
    assert summary.calm_floor == pytest.approx(0.1)
