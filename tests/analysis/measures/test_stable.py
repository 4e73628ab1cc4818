"""A run judged by two oracles: what the version in force refuses rightly, the stable strategy calls wrongful."""

from __future__ import annotations

import pytest

from creditstorm.analysis.analyse import analyse
from creditstorm.analysis.summary import Summary
from tests.analysis.builders import arrival, arrivals, fault, marks, run, scenario

CHANGE = {"eligible": False, "truth_stable": "eligible"}
"""People whom the new version refuses and the old one granted credit."""
ROWS = [
    *arrivals(200),
    *arrivals(60, start=1_000, from_s=21.0),
    *arrivals(40, start=2_000, from_s=21.0, **CHANGE),
    *arrivals(100, start=3_000, from_s=40.0, eligible=False),
]
KEYS = ("wrongful_no_credit_rate", "wrongful_no_credit_rate.stable", "wrongful_no_credit_rate.stable{window: bureau}")


def judged(rows: list[dict], thresholds: dict[str, object] | None = None) -> Summary:
    """A run of these rows with one window from 20 to 35 s."""
    return analyse(run(rows, marks=marks(), scenario=scenario([fault()], thresholds)))


def shares(summary: Summary, kind: str) -> dict[str, tuple[float | None, int]]:
    """Wrongful shares with their n, by name of the slice."""
    parts = (part for part in summary.slices if part.kind == kind)
    return {p.name: (p.rates.wrongful_no_credit_rate.value, p.rates.wrongful_no_credit_rate.n) for p in parts}


def test_a_wanted_refusal_is_wrongful_by_the_stable_oracle_only() -> None:
    """In force nobody was wronged; by the strategy before, 40 of 300 people were, all inside the window."""
    summary = judged(ROWS)
    assert shares(summary, "attempt")["people"] == (0.0, 260)
    assert shares(summary, "stable") == {
        "request": (40 / 300, 300),
        "people": (40 / 300, 300),
        "bureau": (0.4, 100),
    }


def test_an_approval_by_the_old_rules_is_right_by_the_old_rules() -> None:
    """Whoever still got what only the stable strategy grants is a wrongful approval in force, and none by it."""
    summary = judged([*ROWS, arrival(9_000, 25.0, answer="approved", limit_cny=500, **CHANGE)])
    in_force, stable = summary.slice("attempt", "people"), summary.slice("stable", "people")
    assert in_force is not None
    assert stable is not None
    assert in_force.rates.wrongful_approval_rate.value == pytest.approx(1 / 141)
    assert stable.rates.wrongful_approval_rate.value == 0.0


def test_two_oracles_that_agree_are_one() -> None:
    """Where nothing differs there is nothing more to read, and the rule reads the version in force."""
    summary = judged(arrivals(100), {KEYS[1]: ["< 5%"], KEYS[0]: ["< 5%"]})
    assert shares(summary, "stable") == {}
    assert summary.thresholds[0].estimate == summary.thresholds[1].estimate


def test_a_threshold_can_ask_the_stable_oracle() -> None:
    """`.stable` counts people by the strategy before the change, also inside a window."""
    results = judged(ROWS, {key: ["< 5%"] for key in KEYS}).thresholds
    assert [(r.estimate.value, r.estimate.n, r.verdict.value) for r in results] == [
        (0.0, 260, "pass"),
        (40 / 300, 300, "fail"),
        (0.4, 100, "fail"),
    ]
