"""The laws of the house, read from measured runs: directions and orderings with stated tolerances."""

from __future__ import annotations

import pytest
from creditstorm.analysis.replay import COLUMNS, replay
from creditstorm.credit.sources import SERVICES
from creditstorm.record.marks import read_marks
from creditstorm.record.seal import load_answers
from creditstorm.scenario.text.loader import load
from tests.laws.runs import AFTER_S, BEFORE_S, SPIKE_S, Runs
from tests.storm.harness import Done

pytestmark = [pytest.mark.storm, pytest.mark.timeout(600)]

DEADLINE_S = 2.0
CLOCK_S = 1e-5
"""Two readings of an instant of the first minute may differ by so much, as 32 bits."""
TRANSPORT_ONLY = ("retry", "retry-budget", "hedge", "breaker")


def in_window(runs: Runs, policy: str) -> float:
    """The wrongful share of the eligible who asked in the dark and whose deadline passed before the bureau was back.

    Who asks in the last two seconds of the window may be saved by a try after it; that is the end of the fault, not
    the transport.
    """
    run = runs.done(f"blackout/{policy}")
    from_s, until_s = (_mark_s(run, event) for event in ("fault_effective", "fault_cleared"))
    rows = run.answers.select(["intended_s", "truth", "outcome"]).to_pylist()
    asked = [r for r in rows if r["truth"] == "eligible" and from_s <= r["intended_s"] < until_s - DEADLINE_S]
    return sum(row["outcome"] == "wrongful_no_credit" for row in asked) / len(asked)


def _mark_s(run: Done, event: str) -> float:
    return next(mark.t_s for mark in read_marks(run.folder) if mark.name == event)


def over_the_run(runs: Runs, name: str, rate: str) -> float:
    """One rate of all requests of a run."""
    return float(runs.done(name).rates("attempt", "requests")[rate]["value"])


@pytest.mark.parametrize("policy", TRANSPORT_ONLY)
def test_transport_alone_changes_nothing_inside_the_window(runs: Runs, policy: str) -> None:
    """Law 1: within 5 points of fail-closed, whatever is tried again, hedged or spared."""
    assert in_window(runs, policy) == pytest.approx(in_window(runs, "fail-closed"), abs=0.05)


def test_fail_closed_refuses_everybody_in_the_window(runs: Runs) -> None:
    """Law 1: at least 95 % of the eligible are told "no credit" while the bureau is dark."""
    assert in_window(runs, "fail-closed") >= 0.95


@pytest.mark.parametrize(("policy", "times"), [("last-known-good", 3.0), ("partial-score", 5.0), ("tri-state", 5.0)])
def test_what_is_said_about_missing_data_decides(runs: Runs, policy: str, times: float) -> None:
    """Law 1: last-known-good cuts the wrongful rate in the window by 3 at least, partial score and tri-state by 5."""
    assert in_window(runs, policy) * times <= in_window(runs, "fail-closed")


def test_partial_score_pays_with_wrongful_approvals(runs: Runs) -> None:
    """Law 2: the expected score approves people whom tri-state leaves undetermined."""
    partial, tri = (
        over_the_run(runs, f"blackout/{policy}", "wrongful_approval_rate") for policy in ("partial-score", "tri-state")
    )
    assert partial > tri


def recovered_s(runs: Runs, name: str, *, calm: float = 0.25) -> float:
    """The first second after the spike from which three in a row have at most the share `calm` bad; inf if none is."""
    rows = runs.done(name).answers.select(["intended_s", "truth", "outcome"]).to_pylist()
    asked = [row for row in rows if row["truth"] == "eligible"]
    over = BEFORE_S + SPIKE_S
    bad = [_bad_share(asked, second) for second in range(over, over + AFTER_S - 1)]
    fine = (second for second in range(len(bad) - 2) if all(share <= calm for share in bad[second : second + 3]))
    return next((float(second) for second in fine), float("inf"))


def _bad_share(asked: list[dict[str, object]], second: int) -> float:
    outcomes = [row["outcome"] for row in asked if second <= float(str(row["intended_s"])) < second + 1]
    bad = sum(outcome in ("wrongful_no_credit", "unavailable") for outcome in outcomes)
    return bad / len(outcomes) if outcomes else 0.0


def test_the_wrong_answer_feeds_the_overload(runs: Runs) -> None:
    """Law 3: after a spike fail-closed recovers later when the refused tap again than when they do not, or never."""
    assert recovered_s(runs, "overload/retaps") > recovered_s(runs, "overload/no-retaps")


def test_a_cap_with_honest_answers_recovers(runs: Runs) -> None:
    """Law 3: the same spike and the same re-taps, but who does not fit in is told so: the overload ends."""
    shed = recovered_s(runs, "overload/shed")
    assert shed < recovered_s(runs, "overload/retaps")
    assert shed < 3.0


def test_hasty_retries_collapse_without_any_fault(runs: Runs) -> None:
    """Law 4: a time-out a try below the source's p99, and three tries, take down what one try would not."""
    hasty, one_try = (over_the_run(runs, f"hurried/{name}", "wrongful_no_credit_rate") for name in ("hasty", "one-try"))
    assert hasty > 0.5
    assert one_try < 0.25


def test_hysteresis_keeps_credit_through_a_mistake(runs: Runs) -> None:
    """Law 5, live: a cut-off set 20 points too high refuses fewer of those it had approved where approval is sticky."""
    direct, sticky = (
        window_rates(runs, f"mis-set/{name}", "decision")["wrongful_no_credit_rate"]["value"]
        for name in ("direct", "hysteresis")
    )
    assert sticky < direct - 0.03


def test_empty_answers_wrong_people_on_time_and_the_gate_defers_them(runs: Runs) -> None:
    """Law 6: "no record" about people who have one refuses them on time; the gate turns it into "not yet"."""
    closed = window_rates(runs, "empty/fail-closed", "bureau")
    gated = window_rates(runs, "empty/gate", "bureau")
    assert closed["wrongful_no_credit_rate"]["value"] > 0.3
    assert gated["wrongful_no_credit_rate"]["value"] < 0.03
    assert gated["deferral_rate"]["value"] > 0.15


def window_rates(runs: Runs, name: str, window: str) -> dict[str, dict[str, float]]:
    """The four rates of the requests in one window."""
    return runs.done(name).rates("window", window)


def test_approving_everybody_does_not_win(runs: Runs) -> None:
    """Law 7: zeroes taken for means wrong few people, and the gate on wrongful approvals catches who pays for it."""
    assert in_window(runs, "generous") < in_window(runs, "fail-closed")
    assert verdict(runs, "generous") == "fail"
    assert verdict(runs, "tri-state") != "fail"


def verdict(runs: Runs, policy: str) -> str:
    """What the gate on wrongful approvals says."""
    [rule] = runs.done(f"blackout/{policy}").summary["thresholds"]
    return str(rule["verdict"])


@pytest.mark.parametrize(
    "name",
    [
        *(f"blackout/{policy}" for policy in ("fail-closed", "hedge", "last-known-good", "partial-score", "tri-state")),
        *("blackout/generous", "mis-set/hysteresis", "empty/gate", "overload/shed"),
    ],
)
def test_every_decision_can_be_taken_again_from_its_row(runs: Runs, name: str) -> None:
    """Law 8: the record holds all that a decision rests on, so that the same one comes out again, to the bit."""
    run = runs.recorded(name)
    again = replay(load_answers(run.folder, COLUMNS), load(run.folder.scenario).system.policy)
    assert again.decisions > 150
    assert again.differences == ()


@pytest.mark.parametrize("name", ["blackout/fail-closed", "blackout/hedge", "blackout/tri-state"])
def test_a_call_lies_between_the_tap_and_its_answer(runs: Runs, name: str) -> None:
    """Law 9: each call that is told begins and ends while its tap was out."""
    rows = runs.recorded(name).answers.to_pylist()
    told = [row for row in rows if row["identity_began_s"] is not None]
    assert len(told) > 150
    for row in told:
        calls = [(row[f"{s}_began_s"], row[f"{s}_ended_s"]) for s in SERVICES if row[f"{s}_began_s"] is not None]
        assert all(row["sent_s"] - CLOCK_S <= began <= ended <= row["done_s"] + CLOCK_S for began, ended in calls)
