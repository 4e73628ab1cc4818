"""The calm floor: measured, and as the fan-out would have it."""

from __future__ import annotations

import pytest

from creditstorm.analysis.analyse import analyse
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.calm_floor import fan_out_floor
from tests.analysis.builders import arrivals, marks, run, wrongful


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
    summary = analyse(run(rows, marks=marks()))
    assert summary.calm_floor == pytest.approx(0.01)
    assert summary.calm_floor_fan_out == pytest.approx(0.01)


def test_no_evidence() -> None:
    """Without evidence there is no figure."""
    assert fan_out_floor(frame_of(run(arrivals(3, answer="timeout")))[0]) is None
