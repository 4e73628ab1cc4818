"""The laws of the house from live runs, one of each kind: directions with stated tolerances.

`tests/runs/test_simulated_laws.py` holds them against more policies and over thirty seeds in virtual time, and law 8,
of people who are decided again, there alone; `tests/runs/test_feedback_laws.py` those of complaints.
"""

from __future__ import annotations

import pytest
from creditstorm.analysis.replay import COLUMNS, replay
from creditstorm.credit.sources import SERVICES
from creditstorm.record.mark_journal import read_marks
from creditstorm.record.seal import load_answers, load_complaints, load_notices
from creditstorm.scenario.text.loader import load
from tests.laws import figures
from tests.laws.runs import DRIVEN_S, LOOKED_AT, RUNS, Runs
from tests.storm.harness import Done

pytestmark = [pytest.mark.storm, pytest.mark.timeout(600)]

CLOCK_S = 1e-5
"""Two readings of an instant of the first minute may differ by so much, as 32 bits."""


def in_window(runs: Runs, policy: str) -> float:
    """The wrongful share of the eligible who asked in the dark."""
    run = runs.done(f"blackout/{policy}")
    return figures.in_window(run.answers, read_marks(run.folder))


def over_the_run(runs: Runs, name: str, rate: str) -> float:
    """One rate of all requests of a run."""
    return float(runs.done(name).rates("attempt", "requests")[rate]["value"])


def test_what_is_said_about_missing_data_decides_and_not_how_it_is_asked_for(runs: Runs) -> None:
    """Law 1: in the dark fail-closed refuses all, hedged or not; tri-state refuses a fifth of that at most."""
    closed = in_window(runs, "fail-closed")
    assert closed >= 0.95
    assert in_window(runs, "hedge") == pytest.approx(closed, abs=0.05)
    assert in_window(runs, "tri-state") * 5.0 <= closed


def test_partial_score_pays_with_wrongful_approvals(runs: Runs) -> None:
    """Law 2: the expected score approves people whom tri-state leaves undetermined."""
    partial, tri = (
        over_the_run(runs, f"blackout/{policy}", "wrongful_approval_rate") for policy in ("partial-score", "tri-state")
    )
    assert partial > tri


def test_a_cap_with_honest_answers_recovers(runs: Runs) -> None:
    """Law 3: a spike with re-taps, where who does not fit in is told so: the overload ends."""
    assert figures.recovered_s(runs.done("overload/shed").answers) < 3.0


def test_hasty_retries_collapse_without_any_fault(runs: Runs) -> None:
    """Law 4: a time-out a try below the source's p99, and three tries, take down a service that is large enough."""
    assert over_the_run(runs, "hurried/hasty", "wrongful_no_credit_rate") > 0.5


def test_hysteresis_keeps_credit_through_a_mistake(runs: Runs) -> None:
    """Law 5: a cut-off set 20 points too high refuses few of those it had approved where approval is sticky."""
    assert window_rates(runs, "mis-set/hysteresis", "decision")["wrongful_no_credit_rate"]["value"] < 0.15


def test_the_gate_defers_empty_answers(runs: Runs) -> None:
    """Law 6: "no record" about people who have one is turned into "not yet"."""
    gated = window_rates(runs, "empty/gate", "bureau")
    assert gated["wrongful_no_credit_rate"]["value"] < 0.03
    assert gated["deferral_rate"]["value"] > 0.15


def window_rates(runs: Runs, name: str, window: str) -> dict[str, dict[str, float]]:
    """The four rates of the requests in one window."""
    return runs.done(name).rates("window", window)


def test_the_gate_on_wrongful_approvals_lets_who_waits_through(runs: Runs) -> None:
    """Law 7: asking people to wait pays with no approval."""
    [rule] = runs.done("blackout/tri-state").summary["thresholds"]
    assert rule["verdict"] != "fail"


def verdict(runs: Runs, policy: str) -> str:
    """What the gate on wrongful approvals says."""
    [rule] = runs.done(f"blackout/{policy}").summary["thresholds"]
    return str(rule["verdict"])


def test_every_decision_can_be_taken_again_from_its_row(runs: Runs) -> None:
    """Law 9: the record holds all that a decision rests on, so that the same one comes out again, to the bit."""
    for name in sorted(RUNS.keys() - {"hurried/hasty"}):
        run = runs.recorded(name)
        again = replay(load_answers(run.folder, COLUMNS), load(run.folder.scenario).system.policy)
        assert again.decisions > 150, name
        assert again.differences == (), name


def test_a_call_lies_between_the_tap_and_its_answer(runs: Runs) -> None:
    """Law 10: each call that is told begins and ends while its tap was out."""
    for name in ("blackout/fail-closed", "blackout/hedge", "blackout/tri-state"):
        rows = [row for row in runs.recorded(name).answers.to_pylist() if row["identity_began_s"] is not None]
        assert len(rows) > 150, name
        for row in rows:
            calls = [(row[f"{s}_began_s"], row[f"{s}_ended_s"]) for s in SERVICES if row[f"{s}_began_s"] is not None]
            assert all(row["sent_s"] - CLOCK_S <= began <= ended <= row["done_s"] + CLOCK_S for began, ended in calls)


def complaints_of(run: Done) -> figures.Rows:
    """Every complaint with what had been said, and what was said then."""
    complaints, notices = load_complaints(run.folder), load_notices(run.folder)
    assert complaints is not None
    assert notices is not None
    return figures.answers_to_complaints(run.answers, complaints, notices)


def test_the_wronged_who_complain_are_put_right_and_a_right_no_stays(runs: Runs) -> None:
    """Law 11: nine of ten at least of those wronged in the dark, seconds after it; nobody gains by complaining."""
    run = runs.done("feedback/heard")
    from_s, until_s = figures.window(read_marks(run.folder))
    heard = complaints_of(run)
    dark = [row for row in heard if from_s < row["done_s"] < until_s and row["outcome"] == "wrongful_no_credit"]
    right = [row for row in heard if row["truth"] == "ineligible" and row["notice"] is not None]
    assert len(dark) > 30
    assert sum(row["notice"] is not None and row["notice"]["outcome"] == "correct" for row in dark) >= 0.9 * len(dark)
    assert len(right) > 30
    assert {row["notice"]["answer"] for row in right} == {"no_credit"}


def test_complaints_notice_what_http_errors_never_do(runs: Runs) -> None:
    """Law 12: every answer of a lender that fails closed is a well-formed one, and those who read it say otherwise."""
    noticed = {one["monitor"]: one["noticed"][0] for one in runs.done("feedback/heard").summary["monitors"]}
    assert noticed["http_errors"]["after_s"] is None
    assert noticed["complaint_rate"]["after_s"] is not None


@pytest.mark.parametrize("name", LOOKED_AT)
def test_complaining_costs_no_more_than_the_stated_share(runs: Runs, name: str) -> None:
    """Law 13: of what is decided for those who ask, also where everybody complains of every no, for ever."""
    run = runs.recorded(f"feedback/{name}")
    looked_at = [row for row in complaints_of(run) if row["notice"] is not None]
    assert 10 < len(looked_at) <= LOOKED_AT[name] * run.answers.num_rows + 1


def test_deciding_all_who_complain_again_brings_a_source_down_again(runs: Runs) -> None:
    """Law 14: where all are decided again a bureau that is back fails a fifth at least; at a fifth hardly anybody."""
    lost = {}
    for share in ("all", "fifth"):
        run = runs.done(f"complained/{share}")
        _, back_s = figures.window(read_marks(run.folder))
        lost[share] = figures.without("bureau", run.answers, back_s + 2.0, DRIVEN_S).value
    assert lost["all"] > 0.2
    assert lost["fifth"] < 0.1
