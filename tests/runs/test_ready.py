"""What is refused or warned of before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditstorm.adapters import yardstick
from creditstorm.runs import ready
from tests.analysis.builders import scenario


def remembered(monkeypatch: pytest.MonkeyPatch, cache: Path, held_hz: float | None) -> None:
    """So much was held last."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    if held_hz is not None:
        yardstick.remember(held_hz)


def test_a_small_load_is_never_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """10/s of people are at most 40 answers a second, a quarter of 160: what is remembered stays as it was."""
    remembered(monkeypatch, tmp_path, 160.0)
    assert list(ready.doubtful(scenario())) == []
    assert yardstick.last_held_hz() == 160.0


def test_a_load_beyond_this_box_is_measured_and_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A million people a second: the measure takes its time, and says what is held."""
    remembered(monkeypatch, tmp_path, 160.0)
    fast = scenario(load={"arrivals": [{"for": 1.0, "rate": 100_000.0}]})
    (line,) = (line for line in ready.doubtful(fast) if line.startswith("cores"))
    assert "/s; asked 100000/s; ask for less" in line
    assert yardstick.last_held_hz() != 160.0


def test_the_closed_model_is_counted_by_its_people() -> None:
    """A hundred users who think for a second ask a hundred times a second at most."""
    users = {"users": {"count": 100, "for": 10.0, "think": 1.0}}
    assert ready.needs_of(scenario(load=users)).peak_hz == 100.0


def test_what_is_planned_fits_here(tmp_path: Path) -> None:
    """Nothing of this small plan is refused on a machine that runs the tests."""
    ready.require_ready(scenario(), tmp_path / "results")
