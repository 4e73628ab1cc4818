"""The engine keeps the order of things, and switches off whatever it switched on."""

from __future__ import annotations

import pytest
from creditstorm.engine.events import ChildDied, Event, LoadFinished, LoadStarted, RunEnded, StopRequested
from creditstorm.engine.plan import make_plan
from creditstorm.engine.run import DRAIN_S, SETTLE_S, run
from tests.engine.fake_ports import FakeRunPorts, Fault

OFF = ["faults off", "load off", "system off"]


def names(events: list[Event]) -> list[str]:
    return [event.name for event in events]


def test_faults_begin_and_end_at_their_instants() -> None:
    """Each step is taken at its own instant, in order, and the run is completed."""
    fake = FakeRunPorts(script={60.0: LoadFinished(t_s=60.0)})
    plan = make_plan((Fault("a", 20.0, 15.0), Fault("b", 25.0, 5.0)), ends_s=60.0)
    events = list(run(plan, fake.ports()))
    assert [line for line in fake.diary if line[0].isdigit()] == ["20 begin a", "25 begin b", "30 end b", "35 end a"]
    assert [event.t_s for event in events if isinstance(event, LoadStarted)] == [0.0]
    assert events[-1] == RunEnded(t_s=60.0, how="completed")
    assert fake.diary[-3:] == OFF


def test_an_end_comes_before_a_beginning_at_the_same_instant() -> None:
    """Back-to-back faults on one target never overlap by order."""
    plan = make_plan((Fault("late", 10.0, 5.0), Fault("early", 5.0, 5.0)), ends_s=20.0)
    at_ten = [(step.begins, step.fault.name) for step in plan.steps if step.t_s == 10.0]
    assert at_ten == [(False, "early"), (True, "late")]


def test_a_stop_request_ends_active_faults_and_drains() -> None:
    """Stopping inside a window takes the fault off, begins no other, and waits for the load."""
    fake = FakeRunPorts(script={22.0: StopRequested(t_s=22.0, reason="SIGINT"), 24.0: LoadFinished(t_s=24.0)})
    plan = make_plan((Fault("a", 20.0, 15.0), Fault("b", 23.0, 5.0)), ends_s=60.0)
    events = list(run(plan, fake.ports()))
    assert [line for line in fake.diary if line[0].isdigit()] == ["20 begin a", "22 end a"]
    assert events[-1] == RunEnded(t_s=24.0, how="interrupted")


def test_a_load_that_never_drains_is_not_waited_for_longer_than_the_bound() -> None:
    """A stop request ends the run after the drain bound even when the load says nothing more."""
    fake = FakeRunPorts(script={5.0: StopRequested(t_s=5.0, reason="SIGTERM")})
    events = list(run(make_plan((), ends_s=60.0), fake.ports()))
    assert events[-1] == RunEnded(t_s=5.0 + DRAIN_S, how="interrupted")


def test_a_dead_child_ends_the_run_as_failed() -> None:
    """Nothing is waited for once a child process died."""
    death = ChildDied(t_s=9.0, child="bureau", exit_code=-9, last_lines=("boom",))
    fake = FakeRunPorts(script={9.0: death})
    events = list(run(make_plan((Fault("a", 5.0, 10.0),), ends_s=60.0), fake.ports()))
    assert events[-2:] == [death, RunEnded(t_s=9.0, how="failed")]
    assert fake.diary[-3:] == OFF


def test_an_error_while_starting_switches_off_what_was_started() -> None:
    """Half a start leaves nothing on, and the error is not swallowed."""
    fake = FakeRunPorts(start_error=RuntimeError("port busy"))
    with pytest.raises(RuntimeError, match="port busy"):
        list(run(make_plan((), ends_s=1.0), fake.ports()))
    assert fake.diary == ["load on", "system on", "load off", "system off"]


def test_a_consumer_that_stops_reading_leaves_a_clean_machine() -> None:
    """Closing the stream in the middle switches everything off."""
    fake = FakeRunPorts()
    stream = run(make_plan((Fault("a", 0.0, 10.0),), ends_s=60.0), fake.ports())
    while next(stream).name != "fault_effective":
        pass
    stream.close()
    assert fake.diary[-3:] == OFF


def test_a_fault_that_is_never_confirmed_does_not_hang_the_end() -> None:
    """With no word from the injector the run ends after the settling time."""
    fake = FakeRunPorts(script={12.0: LoadFinished(t_s=12.0)}, slow_faults=True)
    events = list(run(make_plan((Fault("a", 5.0, 2.0),), ends_s=12.0), fake.ports()))
    assert events[-1] == RunEnded(t_s=12.0 + SETTLE_S, how="completed")


def test_every_event_has_its_own_name_and_a_flat_mark() -> None:
    """The journal's objects carry the instant, the event's name and plain values."""
    fake = FakeRunPorts(script={3.0: LoadFinished(t_s=3.0)})
    events = list(run(make_plan((Fault("a", 1.0, 1.0),), ends_s=3.0), fake.ports()))
    faults = ["fault_applied", "fault_effective", "fault_cleared"]
    assert names(events) == ["service_ready", "load_started", *faults, "load_finished", "run_ended"]
    expected = {"t_s": 1.0, "event": "fault_effective", "fault": "a", "kind": "blackhole", "target": "bureau"}
    assert events[3].as_json() == expected | {"verified_by": "test"}
