"""The engine keeps the order of things, and switches off whatever it switched on."""

from __future__ import annotations

from collections import deque

import pytest
from creditstorm.engine.events import (
    ChildDied,
    ClockJumped,
    Event,
    FaultMissed,
    HarnessStalled,
    LoadFinished,
    LoadStarted,
    RunEnded,
    StopRequested,
)
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


def test_a_child_that_died_beside_the_end_of_the_load_fails_the_run() -> None:
    """What was told by then counts, although nobody waits any more; another word of that instant does not."""
    death = ChildDied(t_s=60.0, child="toxiproxy", exit_code=-9, last_lines=())
    fake = FakeRunPorts(script={60.0: LoadFinished(t_s=60.0)})
    told = run(make_plan((), ends_s=60.0), fake.ports())
    events = []
    for event in told:
        events.append(event)
        if isinstance(event, LoadFinished):
            fake.posted.extend((StopRequested(t_s=60.0, reason="SIGINT"), death))
    assert events[-2:] == [death, RunEnded(t_s=60.0, how="failed")]
    assert fake.diary[-3:] == OFF


def test_a_stop_while_everything_starts_ends_the_start() -> None:
    """At its next step: nobody is asked, and what was started is switched off."""
    stop = StopRequested(t_s=0.0, reason="SIGINT")
    fake = FakeRunPorts(posted=deque([stop]))
    events = list(run(make_plan((), ends_s=60.0), fake.ports()))
    assert events[1:] == [stop, RunEnded(t_s=0.0, how="interrupted")]
    assert fake.diary == ["load on", "system on", "load off", "system off"]


def test_a_death_while_everything_starts_is_told() -> None:
    """Also of a part that start-up does not wait for any more."""
    death = ChildDied(t_s=0.0, child="bureau", exit_code=-9, last_lines=())
    fake = FakeRunPorts(posted=deque([death]))
    events = list(run(make_plan((), ends_s=60.0), fake.ports()))
    assert events[1:] == [death, RunEnded(t_s=0.0, how="failed")]


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


def test_a_fault_whose_end_is_due_already_is_missed_and_not_begun() -> None:
    """Stopped from 1 s to 9 s, the harness skips what was planned for 3 to 6 s, says so, and goes on to the next."""
    fake = FakeRunPorts(script={20.0: LoadFinished(t_s=20.0)}, stops={1.0: 8.2})
    plan = make_plan((Fault("a", 3.0, 3.0), Fault("b", 12.0, 2.0)), ends_s=20.0)
    events = list(run(plan, fake.ports()))
    [missed] = [event for event in events if isinstance(event, FaultMissed)]
    assert (missed.fault, missed.kind, missed.target) == ("a", "blackhole", "bureau")
    assert missed.overdue_s == pytest.approx(missed.t_s - 3.0)
    assert missed.overdue_s > 5.0
    assert [line for line in fake.diary if line[0].isdigit()] == ["12 begin b", "14 end b"]
    assert events[-1] == RunEnded(t_s=20.0, how="completed")


@pytest.mark.parametrize(("late_s", "begun"), [(1.9, True), (2.1, False)])
def test_half_of_its_length_has_to_be_left(late_s: float, begun: bool) -> None:
    """A fault of 4 s is begun 1.9 s late, and no longer 2.1 s late."""
    fake = FakeRunPorts(script={20.0: LoadFinished(t_s=20.0)}, stops={3.0: late_s})
    events = list(run(make_plan((Fault("a", 3.0, 4.0),), ends_s=20.0), fake.ports()))
    assert any(line.endswith("begin a") for line in fake.diary) == begun
    assert any(isinstance(event, FaultMissed) for event in events) != begun


def test_an_overdue_fault_is_missed_although_the_load_is_over_too() -> None:
    """Stopped beyond the end of the load, the harness still says which faults it did not begin."""
    fake = FakeRunPorts(script={9.0: LoadFinished(t_s=9.0)}, stops={1.0: 12.0})
    events = list(run(make_plan((Fault("a", 3.0, 3.0),), ends_s=9.0), fake.ports()))
    assert [name for name in names(events) if name in ("fault_missed", "load_finished")] == [
        "fault_missed",
        "load_finished",
    ]


def test_a_loop_that_stood_still_is_noticed() -> None:
    """8 s lost are one mark with its seconds, at the instant the harness goes on."""
    fake = FakeRunPorts(script={20.0: LoadFinished(t_s=20.0)}, stops={4.0: 8.0})
    stalled = [event for event in run(make_plan((), ends_s=20.0), fake.ports()) if isinstance(event, HarnessStalled)]
    assert [(round(one.seconds, 1), one.t_s > 11.0) for one in stalled] == [(8.5, True)]


@pytest.mark.parametrize(("lost_s", "marks"), [(0.9, 0), (1.1, 1)])
def test_a_busy_machine_is_no_stall(lost_s: float, marks: int) -> None:
    """A second more than a tick is the bound."""
    fake = FakeRunPorts(script={20.0: LoadFinished(t_s=20.0)}, stops={4.0: lost_s})
    assert names(list(run(make_plan((), ends_s=20.0), fake.ports()))).count("harness_stalled") == marks


def test_a_machine_that_slept_is_noticed() -> None:
    """The clock of the run knows nothing of it, the other one does."""
    fake = FakeRunPorts(script={20.0: LoadFinished(t_s=20.0)}, naps={4.0: 600.0})
    events = list(run(make_plan((), ends_s=20.0), fake.ports()))
    assert [event.seconds for event in events if isinstance(event, ClockJumped)] == [600.0]
    assert "harness_stalled" not in names(events)


def test_an_undisturbed_run_has_lost_no_time() -> None:
    """Neither mark stands in a run whose clock ran."""
    fake = FakeRunPorts(script={60.0: LoadFinished(t_s=60.0)})
    found = names(list(run(make_plan((Fault("a", 20.0, 15.0),), ends_s=60.0), fake.ports())))
    assert not {"harness_stalled", "clock_jumped", "fault_missed"} & set(found)
