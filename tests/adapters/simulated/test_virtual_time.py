"""The engine's clock and inbox in virtual time."""

from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.adapters.simulated.virtual_time import VirtualClock, VirtualInbox
from creditstorm.engine.events import StopRequested


def test_a_patience_below_one_step_of_the_clock_lets_time_pass() -> None:
    """At 1004.01 the load is at 4.00999999999999, and a step is due at 4.01: it must come."""
    loop = VirtualLoop(1000.0)  # type: ignore[abstract]
    clock, inbox = VirtualClock(loop), VirtualInbox(loop)
    due_s, rounds = 4.01, 0
    while clock.now_s() < due_s:
        assert inbox.get(due_s - clock.now_s()) is None
        rounds += 1
        assert rounds < 5
    assert clock.now_s() - due_s < 1e-12


def test_no_patience_lets_no_time_pass_and_what_is_posted_comes_at_once() -> None:
    """In the order in which it was posted."""
    loop = VirtualLoop(1000.0)  # type: ignore[abstract]
    inbox = VirtualInbox(loop)
    assert inbox.get(0.0) is None
    for reason in ("first", "second"):
        inbox.post(StopRequested(t_s=0.0, reason=reason))
    found = [inbox.get(10.0), inbox.get(10.0)]
    assert [event.reason for event in found if isinstance(event, StopRequested)] == ["first", "second"]
    assert loop.time() == 1000.0
