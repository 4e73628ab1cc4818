"""The clock that deadlines and ages go by."""

from __future__ import annotations

import time

import pytest
from creditstorm import steady


def test_it_says_what_the_wall_says() -> None:
    """Until somebody sets that one."""
    assert steady.unix_s() == pytest.approx(time.time(), abs=60.0)


@pytest.mark.parametrize("by_s", [-3600.0, 3600.0])
def test_nobody_sets_it(by_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on as if nothing had happened, and never back."""
    before_s = steady.unix_s()
    monkeypatch.setattr(time, "time", lambda: before_s + by_s)
    assert 0.0 <= steady.unix_s() - before_s < 60.0
