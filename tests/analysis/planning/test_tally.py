"""The parts of a run that are counted apart, and which of its answers are left to the mask."""

from __future__ import annotations

from typing import Any

import pytest
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.planning.tally import _Decided, _scopes
from creditstorm.credit import SCORED, SERVICES, Strategy, estimate_score
from tests.analysis.builders import arrival, arrivals, fault, marks, run, scenario

USUAL = Strategy()


def test_each_part_has_its_own_people() -> None:
    """Ten in calm, ten while the bureau is dark, five after it; without a fault there is no recovery to count."""
    rows = arrivals(10, from_s=5.0) + arrivals(10, start=10, from_s=25.0) + arrivals(5, start=20, from_s=60.0)
    frame, phases = frame_of(run(rows, marks=marks(), scenario=scenario([fault()])))
    parts = {name: frame.filter(scope).height for name, scope in _scopes(phases)}
    assert parts == {"people": 25, "calm": 10, "bureau": 10, "recovery": 5}
    calm, phases = frame_of(run(rows))
    assert {name: calm.filter(scope).height for name, scope in _scopes(phases)} == {"people": 25, "calm": 25}


def decided(number: int, lost: str | None = None, *, off: float = 0.0, **changes: Any) -> dict[str, object]:
    """A decision on what the person really has, without one service; `off` is how far its score is off, in points."""
    person = scenario().population.people(scenario().seed).applicant(number)
    there = {source: value for source, value in person.values.items() if source != lost}
    score = estimate_score(person.file, {source: there[source] for source in SCORED if source in there}).mean
    values = {**there, "identity": float(person.verified), "scoring": score + off}
    basis = {f"{service}_value": values.get(service) for service in SERVICES if service != lost}
    late = {} if lost is None else {f"{lost}_status": "late"}
    usual = {"cut_off": USUAL.cut_off, "pdo": USUAL.pdo, "grace": 0.0, "file": person.file.value}
    return arrival(number, **{**usual, **basis, **late, **changes})


@pytest.mark.parametrize(
    ("row", "by_mask"),
    [
        ({}, True),
        ({"lost": "bureau"}, True),
        ({"lost": "scoring"}, True),
        ({"off": 1.0}, False),
        ({"lost": "bureau", "off": 1.0}, False),
        ({"income_value": 0.0}, False),
        ({"grace": 5.0}, False),
    ],
    ids=["all there", "a source lost", "no score", "another score", "another score without a source", "lie", "grace"],
)
def test_a_mask_speaks_for_what_was_decided_on_true_evidence_or_none(row: dict[str, Any], by_mask: bool) -> None:
    """A score that the evidence does not give is no true one; where there is no score, none can be false."""
    rows = [decided(number, **row) for number in range(8)]
    assert _Decided(run(rows), len(rows)).by_mask.tolist() == [by_mask] * 8
