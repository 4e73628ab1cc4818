"""The laws of the house in virtual time: every policy they speak of, over several seeds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from creditstorm.analysis.analyse import figures_of
from creditstorm.analysis.frame import COLUMNS, RunData
from creditstorm.analysis.replay import COLUMNS as TOLD
from creditstorm.analysis.replay import replay
from creditstorm.analysis.summary import Summary, Verdict
from creditstorm.runs.simulate import simulate
from creditstorm.scenario.text.loader import load
from tests.laws import figures
from tests.laws.runs import SIMULATED
from tests.storm.harness import scenario

SEEDS = (11, 12, 13)


@cache
def simulated(name: str, seed: int) -> RunData:
    """The run of this name with the luck of this seed."""
    with TemporaryDirectory() as place:
        path = scenario(Path(place), name.replace("/", "-"), seed=seed, **SIMULATED[name])
        return simulate(load(path), columns=(*COLUMNS, *TOLD, "outcome"))


@cache
def figures_told(name: str, seed: int) -> Summary:
    """Its figures."""
    return figures_of(simulated(name, seed))[0]


def rate(name: str, seed: int, kind: str, part: str, what: str) -> float:
    """One rate of one slice of a run."""
    told = figures_told(name, seed).slice(kind, part)
    assert told is not None
    return float(getattr(told.rates, what).value)


def in_window(policy: str, seed: int) -> float:
    """The wrongful share of the eligible who asked in the dark."""
    run = simulated(f"blackout/{policy}", seed)
    return figures.in_window(run.answers, run.marks)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("policy", ["retry", "retry-budget", "hedge", "breaker"])
def test_transport_alone_changes_nothing_inside_the_window(policy: str, seed: int) -> None:
    """Law 1: within 5 points of fail-closed, whatever is tried again, hedged or spared."""
    closed = in_window("fail-closed", seed)
    assert closed >= 0.95
    assert in_window(policy, seed) == pytest.approx(closed, abs=0.05)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("policy", "times"), [("last-known-good", 3.0), ("partial-score", 5.0), ("tri-state", 5.0)])
def test_what_is_said_about_missing_data_decides(policy: str, times: float, seed: int) -> None:
    """Law 1: last-known-good cuts the wrongful rate in the window by 3 at least, partial score and tri-state by 5."""
    assert in_window(policy, seed) * times <= in_window("fail-closed", seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_wrong_answer_feeds_the_overload(seed: int) -> None:
    """Law 3: fail-closed recovers later when the refused tap again, or never; a cap with honest answers at once."""
    told = {name: figures.recovered_s(simulated(f"overload/{name}", seed).answers) for name in ("retaps", "no-retaps")}
    assert told["retaps"] > told["no-retaps"]
    shed = figures.recovered_s(simulated("overload/shed", seed).answers)
    assert shed < told["retaps"]
    assert shed < 3.0


@pytest.mark.parametrize("seed", SEEDS)
def test_hasty_retries_collapse_without_any_fault(seed: int) -> None:
    """Law 4: a time-out a try below the source's p99, and three tries, take down what one try would not."""
    hasty, one_try = (
        rate(f"hurried/{name}", seed, "attempt", "requests", "wrongful_no_credit_rate") for name in ("hasty", "one-try")
    )
    assert hasty > 0.5
    assert one_try < 0.25


@pytest.mark.parametrize("seed", SEEDS)
def test_hysteresis_keeps_credit_through_a_mistake(seed: int) -> None:
    """Law 5: fewer of those it had approved are refused where approval is sticky."""
    direct, sticky = (
        rate(f"mis-set/{name}", seed, "window", "decision", "wrongful_no_credit_rate")
        for name in ("direct", "hysteresis")
    )
    assert sticky < direct - 0.03


@pytest.mark.parametrize("seed", SEEDS)
def test_empty_answers_wrong_people_on_time_and_the_gate_defers_them(seed: int) -> None:
    """Law 6: "no record" about people who have one refuses them on time; the gate turns it into "not yet"."""
    assert rate("empty/fail-closed", seed, "window", "bureau", "wrongful_no_credit_rate") > 0.3
    assert rate("empty/gate", seed, "window", "bureau", "wrongful_no_credit_rate") < 0.03
    assert rate("empty/gate", seed, "window", "bureau", "deferral_rate") > 0.15


@pytest.mark.parametrize("seed", SEEDS)
def test_partial_score_pays_with_wrongful_approvals(seed: int) -> None:
    """Law 2: the expected score approves people whom tri-state leaves undetermined."""
    partial, tri = (
        rate(f"blackout/{policy}", seed, "attempt", "requests", "wrongful_approval_rate")
        for policy in ("partial-score", "tri-state")
    )
    assert partial > tri


@pytest.mark.parametrize("seed", SEEDS)
def test_approving_everybody_does_not_win(seed: int) -> None:
    """Law 7: zeroes taken for means wrong few people, and the gate on wrongful approvals catches who pays for it."""
    assert in_window("generous", seed) < in_window("fail-closed", seed)
    verdicts = {
        policy: figures_told(f"blackout/{policy}", seed).thresholds[0].verdict for policy in ("generous", "tri-state")
    }
    assert verdicts["generous"] is Verdict.FAIL
    assert verdicts["tri-state"] is not Verdict.FAIL


@pytest.mark.parametrize("name", ["blackout/last-known-good", "blackout/partial-score", "blackout/generous"])
def test_every_decision_can_be_taken_again_from_its_row(name: str) -> None:
    """Law 8: the record holds all that a decision rests on, so that the same one comes out again, to the bit."""
    run = simulated(name, SEEDS[0])
    again = replay(run.answers, run.scenario.system.policy)
    assert again.decisions > 150
    assert again.differences == ()
