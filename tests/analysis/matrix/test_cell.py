"""What one run gives to a comparison."""

from __future__ import annotations

import numpy as np
import pytest
from creditstorm.analysis.matrix.cell import cell_of, first_attempts_of
from tests.analysis import builders


def test_the_figures_of_a_small_storm() -> None:
    """Ten people in calm, ten wronged and five deferred while the bureau is dark, one of them after a re-tap."""
    rows = builders.arrivals(10, truth_score=600.0) + builders.wrongful(10, start=10, from_s=22.0)
    rows += builders.arrivals(5, start=20, from_s=25.0, answer="undetermined")
    rows += [builders.arrival(10, 28.0, attempt=2, answer="undetermined")]
    run = builders.run(rows, marks=builders.marks(), scenario=builders.scenario([builders.fault()]))
    cell = cell_of(run, policy="fail-closed", repeat=1)
    assert (cell.policy, cell.repeat, cell.asked.first_attempts) == ("fail-closed", 1, 25)
    assert (cell.wrongful_in_windows.value, cell.wrongful_in_windows.n) == (10 / 15, 15)
    assert cell.deferral_in_windows.value == 6 / 15
    assert cell.wrongful_answers == 10
    assert cell.retaps_per_person == 1 / 25
    assert cell.people.applicant[cell.people.wronged].tolist() == list(range(10, 20))
    assert np.all(np.diff(cell.people.applicant) > 0)


def test_the_digest_is_of_the_first_attempts_alone() -> None:
    """Another answer, another order of rows or a re-tap is the same asking; another instant is not."""
    rows = builders.arrivals(4)
    retapped = [*rows[::-1], builders.arrival(1, 9.0, attempt=2)]
    told = builders.arrivals(4, answer="undetermined")
    assert (
        first_attempts_of(builders.table(rows))
        == first_attempts_of(builders.table(retapped))
        == first_attempts_of(builders.table(told))
    )
    assert first_attempts_of(builders.table(rows)) != first_attempts_of(
        builders.table(builders.arrivals(4, from_s=0.001))
    )


def test_calls_are_what_the_sources_served() -> None:
    """Two sources and a replica, one of which began anew at 0; scoring, the decision and the machine do not count."""

    def row(t_s: float, service: str, served: int | None) -> dict[str, object]:
        return {"t_s": t_s, "service": service, "in_flight": 0, "queue": 0, "served": served, "shed": 0, "cpu": 0.1}

    services = builders.services(
        row(t_s, service, served)
        for t_s, service, served in (
            *((1, "bureau", 5), (2, "bureau", 20), (1, "bureau-b", 4), (1, "income", 7), (2, "income", 2)),
            *((2, "scoring", 9), (2, "decision", 9), (2, "machine", None)),
        )
    )
    run = builders.run(builders.arrivals(11), services=services)
    assert cell_of(run, policy="x", repeat=0).calls_per_person == pytest.approx((20 + 4 + 7 + 2) / 11)
    assert cell_of(builders.run(builders.arrivals(3)), policy="x", repeat=0).calls_per_person is None


def test_nobody_makes_no_calls_a_person() -> None:
    """Where nobody asked there is no figure, whatever the sources served."""
    row = {"t_s": 1.0, "service": "bureau", "served": 5}
    assert cell_of(builders.run(services=builders.services([row])), policy="x", repeat=0).calls_per_person is None
