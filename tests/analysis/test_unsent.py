"""The frame holds every arrival that was planned."""

from __future__ import annotations

from creditstorm.analysis.frame import frame_of
from creditstorm.record.manifest import Ended, Ending
from tests.analysis.builders import arrivals, manifest, run


def test_planned_arrivals_nobody_recorded() -> None:
    """They come as unsent rows without an instant, eligible in the proportion of the recorded ones."""
    rows = arrivals(6) + arrivals(2, start=6, eligible=False)
    frame, _ = frame_of(run(rows, manifest=manifest(planned=12)))
    missing = frame.filter(frame["intended_s"].is_null())
    assert missing["answer"].to_list() == ["unsent"] * 4
    assert missing["eligible"].sum() == 3
    assert frame["session"].n_unique() == 12


def test_a_stopped_run_misses_nothing() -> None:
    """Arrivals planned for after the stop were never intended."""
    stopped = manifest(planned=500, ended=Ended(Ending.INTERRUPTED, "Ctrl-C"))
    frame, _ = frame_of(run(arrivals(3), manifest=stopped))
    assert frame.height == 3


def test_nobody_recorded_anything() -> None:
    """A completed run without a single row has only missing arrivals."""
    frame, _ = frame_of(run([], manifest=manifest(planned=5)))
    assert frame["answer"].to_list() == ["unsent"] * 5
    assert frame["limit_cny"].to_list() == [None] * 5


def test_a_row_that_stands_there_twice_hides_no_missing_arrival() -> None:
    """Of ten planned sessions six have rows, four of them two: four are missing."""
    rows = [*arrivals(6), *arrivals(4)]
    frame, _ = frame_of(run(rows, manifest=manifest(planned=10)))
    assert frame["intended_s"].null_count() == 4
