"""Every arrival belongs to the part of the run in which it was intended, unless it straddles an edge."""

from __future__ import annotations

import pytest
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.phases import FaultMarks, fault_marks_of
from creditstorm.record.marks import ServiceReady
from creditstorm.scenario.threshold import Phase
from tests.analysis.builders import arrival, mark, marks, run, scenario

TWO_FAULTS = [*marks("one", from_s=20, to_s=30), *marks("two", from_s=50, to_s=60)]
CASES = [
    (2.0, 0.1, "warm_up"),
    (10.0, 0.1, "calm"),
    (19.0, 0.5, "edge"),
    (18.5, 2.0, "edge"),
    (19.9, 0.05, "edge"),
    (20.1, 0.05, "edge"),
    (19.7, 0.03, "edge"),
    (17.75, 9.0, "edge"),
    (17.73, 9.0, "calm"),
    (19.7, 0.06, "edge"),
    (20.22, 0.01, "edge"),
    (20.26, 0.01, "fault"),
    (20.3, 0.05, "fault"),
    (28.5, 2.0, "fault"),
    (29.9, 2.0, "edge"),
    (29.78, 0.5, "edge"),
    (29.74, 0.5, "fault"),
    (30.1, 0.1, "edge"),
    (30.22, 0.1, "edge"),
    (30.26, 0.1, "between"),
    (30.4, 0.1, "between"),
    (49.0, 5.0, "edge"),
    (55.0, 0.1, "fault"),
    (60.5, 0.1, "recovery"),
    (99.0, 9.0, "recovery"),
]


@pytest.mark.parametrize(("intended_s", "took_s", "phase"), CASES)
def test_phase_of_an_arrival(intended_s: float, took_s: float, phase: str) -> None:
    """The phase follows from the intended instant alone: a slow request stands where a quick one does."""
    row = arrival(1, intended_s, took_s=took_s)
    frame, _ = frame_of(run([row], marks=TWO_FAULTS, scenario=scenario(warm_up_s=5.0)))
    assert frame["phase"].to_list() == [phase]


def test_an_unsent_arrival_is_where_it_was_intended() -> None:
    """Without an end, the intended instant alone decides."""
    rows = [arrival(1, 17.0, answer="unsent"), arrival(2, 25.0, answer="unsent"), arrival(3, 20.1, answer="unsent")]
    frame, _ = frame_of(run(rows, marks=marks()))
    assert frame["phase"].to_list() == ["calm", "fault", "edge"]


def test_overlapping_windows() -> None:
    """An arrival inside two windows counts in both; another fault's edge takes nothing from a window."""
    both = [*marks("one", from_s=20, to_s=40), *marks("two", from_s=30, to_s=50)]
    rows = [arrival(1, 25.0), arrival(2, 30.1), arrival(3, 35.0), arrival(4, 45.0)]
    frame, _ = frame_of(run(rows, marks=both))
    assert frame["window_0"].to_list() == [True, True, True, False]
    assert frame["window_1"].to_list() == [False, False, True, True]


def test_no_fault_is_all_calm() -> None:
    """Without a fault everything after the warm-up is calm."""
    frame, phases = frame_of(run([arrival(1, 3.0), arrival(2, 99.0)]))
    assert frame["phase"].to_list() == ["calm", "calm"]
    assert phases.bounds(Phase.CALM) == (0.0, 100.0)
    assert phases.bounds(Phase.RECOVERY) is None


def test_never_cleared() -> None:
    """A fault that was never verified clear lasts to the end, and nothing is recovery."""
    frame, phases = frame_of(run([arrival(1, 25.0), arrival(2, 99.9)], marks=marks(to_s=None)))
    assert frame["phase"].to_list() == ["fault", "fault"]
    assert phases.windows[0].end_s >= 100.0


def test_never_verified() -> None:
    """A fault that nobody saw take effect has no window, but it ends calm."""
    unverified = [mark("fault_applied", 20.0), mark("fault_unverified", 22.0, reason="no probe met it")]
    frame, phases = frame_of(run([arrival(1, 10.0), arrival(2, 30.0)], marks=unverified))
    assert phases.windows == ()
    assert frame["phase"].to_list() == ["calm", "between"]


def test_fault_within_the_warm_up() -> None:
    """What lies in the warm-up is in no window."""
    frame, _ = frame_of(run([arrival(1, 3.0)], marks=marks(from_s=2, to_s=8), scenario=scenario(warm_up_s=5.0)))
    assert frame["window_0"].to_list() == [False]
    assert frame["measured"].to_list() == [False]


def test_a_verified_fault() -> None:
    """Applied, effective and cleared, among marks about other things."""
    journal = [ServiceReady(t_s=-1.0, service="bureau", pid=1, port=2), *marks()]
    (found,) = fault_marks_of(journal)
    assert found == FaultMarks("bureau", "blackhole", "bureau", 19.99, 20.0, 35.0, None)
    assert found.length_s == 15.0


def test_the_first_reason_is_kept() -> None:
    """Of several failed probes the first says why."""
    journal = [mark("fault_unverified", t_s, reason=reason) for t_s, reason in ((22.0, "still ok"), (40.0, "dark"))]
    (found,) = fault_marks_of(journal)
    assert found.unverified == "still ok"


def test_how_many_met_it() -> None:
    """The count of the service, where the last mark has one."""
    (counted,) = fault_marks_of([*marks(to_s=None), mark("fault_cleared", 35.0, met=0)])
    (uncounted,) = fault_marks_of(marks())
    assert (counted.met, uncounted.met) == (0, None)


def test_a_fault_that_would_not_clear() -> None:
    """Effective, then unverified: the window has no end and the reason is kept."""
    journal = [*marks(to_s=None), mark("fault_unverified", 40.0, reason="still dark")]
    (found,) = fault_marks_of(journal)
    assert (found.effective_s, found.cleared_s, found.unverified) == (20.0, None, "still dark")
    assert found.length_s == 0.0


def test_order_of_time() -> None:
    """Faults come in the order in which they were applied."""
    journal = [*marks("late", from_s=50, to_s=60), *marks("early", from_s=10, to_s=15)]
    assert [found.name for found in fault_marks_of(journal)] == ["early", "late"]
