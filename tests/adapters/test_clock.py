"""The clock of a run, against what the kernel itself says."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from creditstorm import steady
from creditstorm.adapters.clock import RunClock

UPTIME = Path("/proc/uptime")


@pytest.mark.skipif(not UPTIME.exists(), reason="the kernel does not say how long it is up")
def test_the_clock_knows_how_long_the_machine_slept() -> None:
    """What runs on while the machine sleeps is its uptime; what stands still is the clock of the run."""
    clock = RunClock()
    clock.start(0.0)
    uptime_s = float(UPTIME.read_text().split()[0])
    assert clock.now_s() + clock.asleep_s() == pytest.approx(uptime_s, abs=5.0)


def test_when_a_run_began_is_known_whatever_was_set_since(monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest says it by the clock that the wall had when the harness came up."""
    clock = RunClock()
    clock.start(time.monotonic())
    began_s = steady.unix_s()
    monkeypatch.setattr(time, "time", lambda: began_s + 3600.0)
    assert clock.anchor().unix_s == pytest.approx(began_s, abs=60.0)
