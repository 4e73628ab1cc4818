"""The parts of a run that are counted apart."""

from __future__ import annotations

from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.planning.tally import _scopes
from tests.analysis.builders import arrivals, fault, marks, run, scenario


def test_each_part_has_its_own_people() -> None:
    """Ten in calm, ten while the bureau is dark, five after it; without a fault there is no recovery to count."""
    rows = arrivals(10, from_s=5.0) + arrivals(10, start=10, from_s=25.0) + arrivals(5, start=20, from_s=60.0)
    frame, phases = frame_of(run(rows, marks=marks(), scenario=scenario([fault()])))
    parts = {name: frame.filter(scope).height for name, scope in _scopes(phases)}
    assert parts == {"people": 25, "calm": 10, "bureau": 10, "recovery": 5}
    calm, phases = frame_of(run(rows))
    assert {name: calm.filter(scope).height for name, scope in _scopes(phases)} == {"people": 25, "calm": 25}
