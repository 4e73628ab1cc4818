"""The four rates count every intended arrival, each against its own denominator."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from creditstorm.analysis.analyse import analyse
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.rates import (
    RATES,
    RateMetric,
    Tally,
    cube_of,
    rates_of,
    tally_people,
    tally_requests,
)
from creditstorm.credit.outcomes import Outcome
from tests.analysis.builders import arrival, arrivals, run, wrongful

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
    rates = rates_of(cube_of(*frame_of(run(rows))))
    found = {name: (getattr(rates, name).value, getattr(rates, name).n) for name in RATES}
    assert found == {
        "wrongful_no_credit_rate": (0.2, 10),
        "wrongful_approval_rate": (0.25, 4),
        "deferral_rate": (0.1, 10),
        "unavailability_rate": (0.3, 10),
    }


@given(rows=ROWS)
def test_outcomes_partition_the_eligible(rows: list[dict]) -> None:
    """Over all outcomes the tallies of eligible arrivals add up to their number, each arrival counted once."""
    cube = cube_of(*frame_of(run(rows)))
    eligible = sum(row["truth"] == "eligible" for row in rows)
    tallies = [tally_requests(cube, RateMetric(outcome, of_eligible=True)) for outcome in Outcome]
    assert sum(tally.hits for tally in tallies) == eligible
    assert {tally.n for tally in tallies} == {eligible}


@given(rows=ROWS)
def test_people_are_at_most_requests(rows: list[dict]) -> None:
    """No more people than requests are hit, none is hit without a request, and at least one is where one was."""
    frame, phases = frame_of(run(rows))
    cube = cube_of(frame, phases)
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
    assert tally_requests(cube_of(frame, phases), metric) == Tally(2, 3)


def test_attempts_first_final_and_people() -> None:
    """The same run, asked four ways."""
    told = {"answer": "no_credit", "cause": "late:bureau"}
    rows = [arrival(7, 1.0, **told), arrival(7, 5.0, attempt=2), arrival(8, 2.0), arrival(9, 3.0)]
    summary = analyse(run(rows))
    parts = {part.name: part.rates.wrongful_no_credit_rate for part in summary.slices if part.kind == "attempt"}
    found = {name: (estimate.value, estimate.n) for name, estimate in parts.items()}
    assert found == {"request": (0.25, 4), "first": (1 / 3, 3), "final": (0.0, 3), "people": (1 / 3, 3)}


def test_segments_and_files() -> None:
    """Each segment and each file is counted by itself."""
    rows = [*arrivals(3), *wrongful(1, start=10, segment="micro_business", file="thin")]
    summary = analyse(run(rows))
    found = {(part.kind, part.name): part.rates.wrongful_no_credit_rate.value for part in summary.slices}
    assert found["segment", "consumer"] == found["file", "thick"] == 0.0
    assert found["segment", "micro_business"] == found["file", "thin"] == 1.0
