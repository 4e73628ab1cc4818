"""Marks become faults with their verified instants."""

from __future__ import annotations

from creditstorm.analysis.fault_marks import FaultMarks, fault_marks_of
from tests.analysis.builders import mark, marks


def test_a_verified_fault() -> None:
    """Applied, effective and cleared, among marks about other things."""
    journal = [{"t_s": -1.0, "event": "service_ready", "service": "bureau"}, *marks()]
    assert fault_marks_of(journal) == (FaultMarks("bureau", "blackhole", "bureau", 19.99, 20.0, 35.0, None),)


def test_how_many_met_it() -> None:
    """The count of the service, where the last mark has one."""
    (counted,) = fault_marks_of([*marks(to_s=None), mark("fault_cleared", 35.0, met=0)])
    (uncounted,) = fault_marks_of(marks())
    assert (counted.met, uncounted.met) == (0, None)


def test_a_fault_that_would_not_clear() -> None:
    """Effective, then unverified: the window has no end and the reason is kept."""
    journal = [*marks(to_s=None), mark("fault_unverified", 40.0, reason="still dark")]
    (trouble,) = fault_marks_of(journal)
    assert (trouble.effective_s, trouble.cleared_s, trouble.unverified) == (20.0, None, "still dark")
    assert trouble.length_s == 0.0


def test_order_of_time() -> None:
    """Faults come in the order in which they were applied."""
    journal = [*marks("late", from_s=50, to_s=60), *marks("early", from_s=10, to_s=15)]
    assert [trouble.name for trouble in fault_marks_of(journal)] == ["early", "late"]
