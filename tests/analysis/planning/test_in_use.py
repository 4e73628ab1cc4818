"""When a run is at its peak, and how its services fared."""

from __future__ import annotations

import pytest
from creditstorm.analysis.planning.in_use import at_peak, services_used
from tests.analysis.builders import run, scenario, services

RAMP = [{"for": 10.0, "rate": 4.0}, {"for": 10.0, "ramp_to": 10.0}, {"for": 10.0, "rate": 10.0}]


@pytest.mark.parametrize(
    ("t_s", "peak"), [(9.0, False), (18.0, False), (18.5, True), (20.0, True), (29.9, True), (30.0, False)]
)
def test_the_peak_is_where_nine_tenths_of_the_highest_rate_are_asked_for(t_s: float, peak: bool) -> None:
    """From 4 to 10 a second in ten seconds: 9 are reached after 8 1/3 of them; after the last stage nobody asks."""
    assert at_peak(scenario(load={"arrivals": RAMP}), t_s) is peak


def test_a_queue_that_was_never_used_is_none() -> None:
    """Three people at once and nobody waiting, beside a service that sent one away."""
    rows = [
        {"t_s": second + 0.5, "service": name, "in_flight": 3, "queue": 4 * full, "shed": full}
        for second in range(100)
        for name, full in (("bureau", 0), ("income", int(second >= 50)))
    ]
    used = services_used(run(services=services(rows)))
    assert (used["bureau"].longest_queue, used["bureau"].shed, used["bureau"].full_s) == (0, 0, None)
    assert (used["income"].longest_queue, used["income"].shed, used["income"].full_s) == (4, 1, 50.5)
