"""When a worker may still intend taps, and when it stops waiting for answers."""

from __future__ import annotations

import time

import pytest
from creditstorm import steady
from creditstorm.demand.load_plan import Client
from creditstorm.generator.load_clock import GRACE_S, LoadClock
from tests.generator.lives import plan


def clock(now_s: float) -> LoadClock:
    """The clock of a load of 10 s and 4 s of draining, whose people wait for 2 s, at this instant of it."""
    made = LoadClock(plan(client=Client(timeout_s=2.0), drain_s=4.0))
    made.start(time.monotonic() - now_s)
    return made


def test_by_itself_a_load_ends_after_its_drain_time() -> None:
    """The last call is the end of the arrivals."""
    assert (clock(3.0).last_call_s, clock(3.0).ends_s) == (10.0, 14.0 + GRACE_S)


def test_told_to_stop_it_waits_for_what_is_in_flight() -> None:
    """The last call is now, and the end comes once the last tap has timed out; a second word changes nothing."""
    stopped = clock(3.0)
    stopped.stop()
    assert stopped.stopped
    assert stopped.last_call_s == pytest.approx(3.0, abs=0.5)
    assert stopped.ends_s == pytest.approx(stopped.last_call_s + 2.0 + GRACE_S, abs=0.5)
    before = (stopped.last_call_s, stopped.ends_s)
    stopped.stop()
    assert (stopped.last_call_s, stopped.ends_s) == before


def test_after_the_end_a_stop_does_not_bring_it_back() -> None:
    """Neither instant moves to a later one."""
    late = clock(20.0)
    late.stop()
    assert (late.last_call_s, late.ends_s) == (10.0, 14.0 + GRACE_S)


def test_nobody_sleeps_for_a_tap_after_the_last_call() -> None:
    """It is refused at once, and nobody counts as thinking; one that is due already is let go at once."""
    now = clock(3.0)
    assert (now.until(10.1), now.nap_until(10.1), now.thinking) == (False, False, 0)
    assert (now.until(2.0), now.nap_until(2.0), now.thinking) == (True, True, 0)


def test_unix_seconds_are_instants_too() -> None:
    """The present is the present on both clocks."""
    now = clock(3.0)
    assert now.at_s(steady.unix_s()) == pytest.approx(now.now_s(), abs=0.1)


def test_another_clock_is_believed_where_it_can_be_true() -> None:
    """What happened while a tap was out is an instant of the load; an hour off, or not told, is none."""
    now = clock(3.0)
    from_s = now.now_s()
    assert now.between(from_s, steady.unix_s()) == pytest.approx(from_s, abs=0.1)
    assert [now.between(from_s, unix_s) for unix_s in (steady.unix_s() - 3600.0, steady.unix_s() + 3600.0, None)] == [
        None
    ] * 3


def test_a_clock_that_is_set_moves_no_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sets the clock of the wall an hour on while a tap is out."""
    now = clock(3.0)
    decided_at = steady.unix_s()
    monkeypatch.setattr(time, "time", lambda: decided_at + 3600.0)
    assert now.at_s(decided_at) == pytest.approx(now.now_s(), abs=60.0)
