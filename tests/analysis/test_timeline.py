"""The timeline counts each second by hand-checkable numbers."""

from __future__ import annotations

import numpy as np
import pytest
from creditstorm.analysis.timeline import BIN_WIDTHS_S, MOST_BINS, bin_width_s
from tests.analysis.builders import arrival, arrivals, manifest, marks, run, scenario, timeline_of_run, wrongful

SHORT = manifest(duration_s=5.0)


def test_counts_by_second() -> None:
    """Outcomes by the intended second, sends and answers by their own."""
    rows = [
        arrival(1, 0.5, took_s=1.0),
        arrival(2, 0.9, lag_s=0.2, took_s=0.1),
        arrival(3, 2.0, answer="unsent"),
        arrival(4, 2.5, answer="timeout", took_s=1.0),
        arrival(5, 2.6, eligible=False),
    ]
    line = timeline_of_run(run(rows, manifest=SHORT))
    assert line.t_s.tolist() == [0, 1, 2, 3, 4]
    assert line.intended.tolist() == [2, 0, 3, 0, 0]
    assert line.sent.tolist() == [1, 1, 2, 0, 0]
    assert line.answered.tolist() == [0, 2, 1, 0, 0]
    assert line.outcomes["correct"].tolist() == [2, 0, 1, 0, 0]
    assert line.outcomes["unavailable"].tolist() == [0, 0, 2, 0, 0]
    assert line.outcomes["wrongful_no_credit"].tolist() == [0] * 5


def test_wrongful_share_and_band() -> None:
    """The share of the eligible with its Wilson band; nan where nobody eligible asked."""
    rows = [*wrongful(1, from_s=0.1), *arrivals(3, start=5, from_s=0.2), arrival(20, 1.0, eligible=False)]
    line = timeline_of_run(run(rows, manifest=SHORT))
    assert line.wrongful[0] == 0.25
    assert line.wrongful_low[0] < 0.25 < line.wrongful_high[0]
    assert np.isnan(line.wrongful[1:]).all()


def test_quantiles_of_a_second() -> None:
    """Nearest ranks of a second's requests, nan where fewer than two lie beyond."""
    rows = [arrival(i, 0.0, lag_s=0.0, took_s=(i + 1) / 100) for i in range(20)]
    rows += [arrival(50 + i, 1.0, lag_s=0.0, took_s=0.5) for i in range(3)]
    line = timeline_of_run(run(rows, manifest=SHORT))
    assert line.quantiles_s["intended", "p50"][0] == pytest.approx(0.10)
    assert line.quantiles_s["sent", "p90"][0] == pytest.approx(0.18)
    assert np.isnan(line.quantiles_s["intended", "p99"]).all()
    assert np.isnan(line.quantiles_s["intended", "p50"][1:]).all()


def test_statuses() -> None:
    """Evidence statuses by service and second; those that never came are left out."""
    line = timeline_of_run(run([*arrivals(2), *wrongful(1, start=9, from_s=1.0)], manifest=SHORT))
    assert line.statuses["bureau", "late"].tolist() == [0, 1, 0, 0, 0]
    assert line.statuses["bureau", "ok"].tolist() == [2, 0, 0, 0, 0]
    assert ("bureau", "stale") not in line.statuses


def test_windows_and_warm_up() -> None:
    """The verified window and the warm-up are there to shade."""
    line = timeline_of_run(run(arrivals(3), marks=marks(), scenario=scenario(warm_up_s=5.0)))
    assert [(window.name, window.kind, window.start_s, window.end_s) for window in line.windows] == [
        ("bureau", "blackhole", 20.0, 35.0)
    ]
    assert line.warm_up_s == 5.0


def test_nothing_happened() -> None:
    """An empty run that was stopped at once has one empty bin."""
    line = timeline_of_run(run([], manifest=manifest(duration_s=0.0)))
    assert line.intended.tolist() == [0]
    assert np.isnan(line.wrongful).all()


@pytest.mark.parametrize(
    ("last_s", "width_s"), [(0.0, 1.0), (75.0, 1.0), (400.0, 1.0), (401.0, 2.0), (12_500.0, 60.0), (240_000.0, 600.0)]
)
def test_a_long_run_gets_wider_bins(last_s: float, width_s: float) -> None:
    """A second a bin up to 400 bins, then the next round width."""
    assert bin_width_s(last_s) == width_s
    assert last_s / width_s <= MOST_BINS


def test_a_run_too_long_for_every_width_gets_the_greatest() -> None:
    """Then there are more bins."""
    assert bin_width_s(1e9) == max(BIN_WIDTHS_S)
