"""The four rates count every intended arrival, each against its own denominator."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.analysis.cube import cube_of
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.asked import asked_of
from creditstorm.analysis.measures.rates import (
    RATES,
    Tally,
    fan_out_floor,
    rates_of,
    share_of,
)
from creditstorm.analysis.summary import Summary
from creditstorm.credit.outcomes import Outcome
from creditstorm.scenario.threshold import Rate
from tests.analysis.builders import analysed, arrival, arrivals, fault, marks, run, scenario, wrongful
from tests.analysis.measures.tallies import tally_people, tally_requests

ANSWERS = ("approved", "no_credit", "undetermined", "action_needed", "error", "timeout", "shed", "unsent")
ROWS = st.lists(
    st.builds(
        arrival,
        number=st.integers(0, 5),
        eligible=st.booleans(),
        answer=st.sampled_from(ANSWERS),
        limit_cny=st.sampled_from([0, 5_000, 10_000, 20_000]),
    ),
    max_size=40,
)


def test_each_rate_has_its_denominator() -> None:
    """Unsent and unanswered arrivals stay in the denominator; ineligible people only count for approvals."""
    rows = [
        *arrivals(4),
        *wrongful(2, start=10),
        arrival(20, answer="undetermined"),
        arrival(21, answer="timeout"),
        arrival(22, answer="unsent"),
        arrival(23, answer="shed"),
        *arrivals(3, start=30, eligible=False),
        arrival(40, eligible=False, answer="approved", limit_cny=500),
    ]
    rates = rates_of(asked_of(*frame_of(run(rows))), pl.lit(value=True))
    found = {name: (getattr(rates, name).value, getattr(rates, name).n) for name in RATES}
    assert found == {
        "wrongful_no_credit_rate": (0.2, 10),
        "wrongful_approval_rate": (0.25, 4),
        "deferral_rate": (0.1, 10),
        "unavailability_rate": (0.3, 10),
        "undecided_rate": (0.4, 10),
        "decided_rightly_rate": (0.4, 10),
    }


@given(rows=ROWS)
def test_outcomes_partition_the_eligible(rows: list[dict]) -> None:
    """Over all outcomes the tallies of eligible arrivals add up to their number, each arrival counted once."""
    cube = cube_of(*frame_of(run(rows))).table
    eligible = sum(row["truth"] == "eligible" for row in rows)
    tallies = [tally_requests(cube, Rate(frozenset({outcome}), of_eligible=True)) for outcome in Outcome]
    assert sum(tally.hits for tally in tallies) == eligible
    assert {tally.n for tally in tallies} == {eligible}


@given(rows=ROWS)
def test_people_are_at_most_requests(rows: list[dict]) -> None:
    """No more people than requests are hit, none is hit without a request, and at least one is where one was."""
    frame, phases = frame_of(run(rows))
    cube = cube_of(frame, phases).table
    for metric in RATES.values():
        people, requests = tally_people(frame.lazy(), metric), tally_requests(cube, metric)
        assert people.hits <= requests.hits
        assert people.n <= requests.n
        assert (people.hits > 0) == (requests.hits > 0)


def test_a_person_counts_once() -> None:
    """Wronged twice, then approved: one person of one, two requests of three."""
    told = {"answer": "no_credit", "cause": "late:bureau"}
    rows = [arrival(7, 1.0, **told), arrival(7, 5.0, attempt=2, **told), arrival(7, 9.0, attempt=3)]
    frame, phases = frame_of(run(rows))
    metric = RATES["wrongful_no_credit_rate"]
    assert tally_people(frame.lazy(), metric) == Tally(1, 1)
    assert tally_requests(cube_of(frame, phases).table, metric) == Tally(2, 3)


def test_attempts_first_final_and_people() -> None:
    """The same run, asked four ways."""
    told = {"answer": "no_credit", "cause": "late:bureau"}
    rows = [arrival(7, 1.0, **told), arrival(7, 5.0, attempt=2), arrival(8, 2.0), arrival(9, 3.0)]
    summary = analysed(run(rows))
    parts = {part.name: part.rates.wrongful_no_credit_rate for part in summary.slices if part.kind == "attempt"}
    found = {name: (estimate.value, estimate.n) for name, estimate in parts.items()}
    assert found == {"requests": (0.25, 4), "first": (1 / 3, 3), "final": (0.0, 3), "people": (1 / 3, 3)}


def test_segments_and_files() -> None:
    """Each segment and each file is counted by itself."""
    rows = [*arrivals(3), *wrongful(1, start=10, segment="micro_business", file="thin")]
    summary = analysed(run(rows))
    found = {(part.kind, part.name): part.rates.wrongful_no_credit_rate.value for part in summary.slices}
    assert found["segment", "consumer"] == found["file", "thick"] == 0.0
    assert found["segment", "micro_business"] == found["file", "thin"] == 1.0


CHANGE = {"eligible": False, "truth_stable": "eligible"}
"""People whom the new version refuses and the old one granted credit."""
CHANGED = [
    *arrivals(200),
    *arrivals(60, start=1_000, from_s=21.0),
    *arrivals(40, start=2_000, from_s=21.0, step_s=0.15, **CHANGE),
    *arrivals(100, start=3_000, from_s=40.0, eligible=False),
]
KEYS = ("wrongful_no_credit_rate", "wrongful_no_credit_rate.stable", "wrongful_no_credit_rate.stable{window: bureau}")


def judged(rows: list[dict], thresholds: dict[str, object] | None = None) -> Summary:
    """A run of these rows with one window from 20 to 35 s."""
    return analysed(run(rows, marks=marks(), scenario=scenario([fault()], thresholds)))


def shares(summary: Summary, kind: str) -> dict[str, tuple[float | None, int]]:
    """Wrongful shares with their n, by name of the slice."""
    parts = (part for part in summary.slices if part.kind == kind)
    return {p.name: (p.rates.wrongful_no_credit_rate.value, p.rates.wrongful_no_credit_rate.n) for p in parts}


def test_a_wanted_refusal_is_wrongful_by_the_stable_oracle_only() -> None:
    """In force nobody was wronged; by the strategy before, 40 of 300 people were, all inside the window."""
    summary = judged(CHANGED)
    assert shares(summary, "attempt")["people"] == (0.0, 260)
    assert shares(summary, "stable") == {
        "requests": (40 / 300, 300),
        "people": (40 / 300, 300),
        "bureau": (0.4, 100),
    }


def test_an_approval_by_the_old_rules_is_right_by_the_old_rules() -> None:
    """Whoever still got what only the stable strategy grants is a wrongful approval in force, and none by it."""
    summary = judged([*CHANGED, arrival(9_000, 25.0, answer="approved", limit_cny=500, **CHANGE)])
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
    results = judged(CHANGED, {key: ["< 5%"] for key in KEYS}).thresholds
    assert [(r.estimate.value, r.estimate.n, r.verdict.value) for r in results] == [
        (0.0, 260, "pass"),
        (40 / 300, 300, "fail"),
        (0.4, 100, "fail"),
    ]


def test_fan_out() -> None:
    """Two services that each miss a tenth and a fifth lose 1 − 0.9 × 0.8 together; an empty record is not missing."""
    rows = [
        *arrivals(1, bureau_status="late"),
        *arrivals(2, start=1, income_status="error"),
        *arrivals(7, start=3, social_status="empty", repayment_status="stale"),
    ]
    assert fan_out_floor(frame_of(run(rows))[0]) == pytest.approx(1 - 0.9 * 0.8)


def test_only_calm_counts() -> None:
    """What happens in a fault window is no floor."""
    rows = [*arrivals(99), *wrongful(1, start=99, from_s=12.0), *wrongful(50, start=200, from_s=25.0)]
    summary = analysed(run(rows, marks=marks()))
    assert summary.calm_floor == pytest.approx(0.01)
    assert summary.calm_floor_fan_out == pytest.approx(0.01)


def test_no_evidence() -> None:
    """Without evidence there is no figure."""
    assert fan_out_floor(frame_of(run(arrivals(3, answer="timeout")))[0]) is None


def test_the_counts_of_seconds_add_up_to_the_tallies() -> None:
    """In any part of the run the share by seconds is that of the cube and of the people counted one by one."""
    rows = [*CHANGED, *wrongful(30, start=7_000, from_s=5.0), *wrongful(30, start=7_000, from_s=45.0, attempt=2)]
    frame, phases = frame_of(run(rows, marks=marks(), scenario=scenario([fault()])))
    asked, cube = asked_of(frame, phases), cube_of(frame, phases).table
    for scope in (pl.col("measured"), pl.col("window_0"), pl.col("phase") == "recovery", pl.col("first")):
        for metric in RATES.values():
            part = asked.part(scope, of_eligible=metric.of_eligible)
            requests, people = (share_of(part, metric, people=some) for some in (False, True))
            assert Tally(requests.hits, requests.n) == tally_requests(cube.filter(scope), metric)
            assert Tally(people.hits, people.n) == tally_people(frame.lazy().filter(scope), metric)


def test_a_person_is_kept_whole_where_they_first_asked() -> None:
    """Three requests of one person in three seconds stand in the first; in a window, in the first of the window."""
    rows = [arrival(1, 18.0), arrival(1, 22.0, attempt=2), arrival(1, 24.5, attempt=3), arrival(2, 24.2)]
    frame, phases = frame_of(run(rows, marks=marks(), scenario=scenario([fault()])))
    asked = asked_of(frame, phases)
    metric = RATES["decided_rightly_rate"]
    whole, window = (
        share_of(asked.part(pl.col(c), of_eligible=True), metric, people=False).counts for c in ("measured", "window_0")
    )
    assert (list(whole.second), list(whole.n), list(whole.squares)) == ([18, 24], [3.0, 1.0], [9.0, 1.0])
    assert (list(window.second), list(window.n), list(window.squares)) == ([22, 24], [2.0, 1.0], [4.0, 1.0])


def test_windows_are_told_in_the_order_of_time() -> None:
    """Whatever the names of their faults are."""
    faults = [fault("z", at_s=20.0, for_s=10.0), fault("a", at_s=50.0, for_s=10.0)]
    on = [*marks("z", from_s=20.0, to_s=30.0), *marks("a", from_s=50.0, to_s=60.0)]
    summary = analysed(run(arrivals(900), marks=on, scenario=scenario(faults)))
    assert [part.name for part in summary.slices if part.kind == "window"] == ["z", "a"]
