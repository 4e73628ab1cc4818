"""Every figure of two runs beside each other: the same run agrees, another one differs where it should."""

from __future__ import annotations

import json
from functools import cache

import polars as pl
import pytest
from creditstorm.adapters.simulated.costs import Costs
from creditstorm.analysis.agreement.hops import COLUMNS, hop_costs
from creditstorm.analysis.agreement.margins import (
    RECOVERY,
    AgreedFigure,
    Alike,
    ComparedPair,
    FigureDifference,
    UnitOfFigure,
)
from creditstorm.analysis.agreement.pairs import Side, pair_of, recovery_between, workers_held
from creditstorm.analysis.analyse import figures_of
from creditstorm.analysis.run_data import RunData, columns_of
from creditstorm.analysis.summary import Recovery
from creditstorm.runs.simulate import simulate
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read

SHORT = {
    "load": {"arrivals": [{"for": "18s", "rate": "25/s"}], "warm_up": "1s"},
    "faults": [{"kind": "blackhole", "target": "bureau", "at": "4s", "for": "10s"}],
    "thresholds": {},
}


@cache
def run_of(policy: str, **costs: float) -> RunData:
    """A short storm under a policy, in which a hop costs this much."""
    draft = read(catalogue.find("bureau-outage-at-peak"))
    changed = [f"{key}={json.dumps(value)}" for key, value in SHORT.items()]
    scenario = draft.scenario((*changed, draft.policy_override(policy, [])))
    return simulate(scenario, costs=Costs(**costs))


def pair(one: RunData, other: RunData) -> ComparedPair:
    """The first as if it were live."""
    return pair_of(one, other, policy="any", storm="any")


def figure(found: ComparedPair, name: str, of: str, where: str = "run") -> FigureDifference:
    """One figure of a pair."""
    return next(d for d in found.differences if (d.figure, d.of, d.where) == (name, of, where))


def test_a_run_does_not_differ_from_itself() -> None:
    """Every difference is nothing, in every window, and none is said to differ."""
    found = pair(run_of("fail-closed"), run_of("fail-closed"))
    assert {d.value for d in found.differences if d.value is not None} == {0.0}
    assert Alike.DIFFERS not in {d.alike for d in found.differences}
    assert figure(found, "wrongful_no_credit_rate", "people", "bureau").live == 1.0
    assert {d.of for d in found.differences if d.figure == "calls" and d.live} >= {"bureau", "income"}


def test_what_no_report_could_give_is_nothing_to_compare() -> None:
    """Four seconds after the clear show no recovery, four hundred answers no p99, live or simulated."""
    found = pair(run_of("fail-closed"), run_of("fail-closed"))
    recovery, latest = figure(found, "recovery", "", "bureau"), figure(found, "latency_p99", "")
    assert {recovery.alike, latest.alike} == {Alike.IN_NEITHER}
    assert "of the 30 s needed seen" in recovery.note
    assert figure(found, "latency_p50", "").alike is Alike.AGREES


@pytest.mark.parametrize(
    ("live", "simulated", "alike"),
    [
        ((5.0, 4.0), (6.0, 5.0), Alike.AGREES),
        ((5.0, 4.0), (9.0, 8.0), Alike.DIFFERS),
        ((5.0, 4.0), (None, 4.0), Alike.CANNOT_TELL),
        ((None, 3.0), (None, 5.0), Alike.IN_NEITHER),
        ((None, 3.0), (None, 14.0), Alike.CANNOT_TELL),
        ((None, 23.0), (None, 23.0), Alike.AGREES),
        ((None, 23.0), (None, 17.0), Alike.CANNOT_TELL),
    ],
)
def test_a_recovery_that_neither_run_shows_is_the_same_only_up_to_where_it_was_shown_not_back(
    live: tuple[float | None, float], simulated: tuple[float | None, float], alike: Alike
) -> None:
    """Of 24 s seen: back then and then, shown not back for some seconds and open beyond, or not back to the end."""
    episode = AgreedFigure("recovery", "bureau", "", UnitOfFigure.SECONDS, RECOVERY)
    one, other = (Recovery(("bureau",), back, 24.0, low_s=low) for back, low in (live, simulated))
    assert recovery_between(episode, one, other).alike is alike


def test_another_policy_differs_in_the_window_in_both_rates() -> None:
    """Everybody is wronged under the one, and deferred under the other."""
    found = pair(run_of("fail-closed"), run_of("tri-state"))
    for name in ("wrongful_no_credit_rate", "deferral_rate"):
        assert figure(found, name, "people", "bureau").alike is Alike.DIFFERS
        assert figure(found, name, "requests", "bureau").alike is Alike.DIFFERS
    assert figure(found, "retaps", "").alike is Alike.DIFFERS


def test_a_slower_hop_differs_in_latency_alone() -> None:
    """By about the three hops of a decision; who is told what stays."""
    found = pair(run_of("tri-state"), run_of("tri-state", enter_s=0.2))
    median = figure(found, "latency_p50", "")
    assert median.alike is Alike.DIFFERS
    assert median.value == pytest.approx(0.2, abs=0.02)
    assert figure(found, "deferral_rate", "requests").alike is not Alike.DIFFERS


def test_the_capacity_in_use_is_what_calls_took_of_the_workers() -> None:
    """Counted, not looked at once a second: where calls last as long, hardly anything is left open."""
    found = pair(run_of("fail-closed"), run_of("fail-closed", call_s=0.002))
    whole = figure(found, "capacity_in_use", "all services")
    assert whole.alike is Alike.AGREES
    assert whole.high is not None
    assert whole.low is not None
    assert whole.high - whole.low < 0.002
    one = run_of("fail-closed")
    calls = columns_of(one.answers, ["intended_s", "identity_began_s", "identity_ended_s"])
    calls = calls.filter(pl.col("intended_s").is_between(1.0, 18.0))
    spent_s = float((calls["identity_ended_s"] - calls["identity_began_s"]).sum())
    held = workers_held(Side.of(one)).filter(pl.col("service") == "identity")["share"].mean()
    assert held == pytest.approx(spent_s / 17.0 / one.scenario.system.profiles()["identity"].workers, rel=0.1)


def test_a_figure_is_the_one_of_the_summary() -> None:
    """People and requests as the report counts them."""
    found = pair(run_of("fail-closed"), run_of("tri-state"))
    summary = figures_of(run_of("fail-closed"))[0]
    for of in ("people", "requests"):
        part = summary.slice("attempt", of)
        assert part is not None
        wrongful = figure(found, "wrongful_no_credit_rate", of)
        assert wrongful.live == pytest.approx(part.rates.wrongful_no_credit_rate.value)


def test_the_costs_of_a_run_are_found_again() -> None:
    """From its answers and those of the run in which a hop is free."""
    costs = {"call_s": 0.004, "scoring_s": 0.002, "enter_s": 0.001, "leave_s": 0.003}
    calm = {**SHORT, "faults": []}
    draft = read(catalogue.find("bureau-outage-at-peak"))
    scenario = draft.scenario([f"{key}={json.dumps(value)}" for key, value in calm.items()])
    made, free = (
        simulate(scenario, columns=COLUMNS, costs=Costs(**given)).answers
        for given in (costs, dict.fromkeys(costs, 0.0))
    )
    found = hop_costs(made, free, warm_up_s=1.0)
    assert {name: cost.median_s for name, cost in found.items()} == pytest.approx(costs, abs=2e-4)
    assert min(cost.n for cost in found.values()) > 100
    later = hop_costs(made, free, warm_up_s=9.0)
    assert all(0 < cost.n < 0.75 * found[name].n for name, cost in later.items())
