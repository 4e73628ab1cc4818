"""The fleet of real services: told through control ports, killed and started again at the same place."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.faults.inside.injector import ControlClient, ControlError
from creditstorm.adapters.inbox import QueueInbox
from creditstorm.adapters.probing.probe import Ask, probe
from creditstorm.adapters.processes.fleet import Fleet
from creditstorm.engine.events import ChildDied
from creditstorm.errors import HarnessError
from creditstorm.record.folder import RunFolder


@pytest.fixture
def inbox() -> QueueInbox:
    """Where the fleet posts."""
    return QueueInbox()


@pytest.fixture
def fleet(tmp_path: Path, inbox: QueueInbox) -> Iterator[Fleet]:
    """A fleet with bureau and its second replica."""
    services = Fleet(RunFolder(tmp_path), RunClock(), inbox.post)
    services.launch()
    try:
        services.start({name: {"service": name} for name in ("bureau", "bureau-b")})
        yield services
    finally:
        services.stop()


def control(fleet: Fleet, service: str) -> ControlClient:
    """Its control port, with the token of the run."""
    return ControlClient(service, fleet.control_port(service), fleet.control_token)


def test_every_service_has_a_control_port_that_wants_the_token(fleet: Fleet) -> None:
    """The random token of the run opens it, another one does not."""
    control(fleet, "bureau").put("x", {"kind": "errors"})
    assert control(fleet, "bureau").receipts() == {"x": 0}
    assert control(fleet, "bureau-b").receipts() == {}
    with pytest.raises(ControlError, match="401"):
        ControlClient("bureau", fleet.control_port("bureau"), "0" * 32).receipts()


def test_a_wanted_end_is_no_death_and_the_port_stays(fleet: Fleet, inbox: QueueInbox) -> None:
    """After a kill that was announced the service comes up again where it was, as another process."""
    ports, pid = (fleet.control_port("bureau"),), fleet.pid("bureau")
    fleet.expect_exit("bureau")
    fleet.signal("bureau", signal.SIGKILL)
    fleet.await_exit("bureau")
    assert fleet.ended("bureau")
    ready = fleet.start_again("bureau")
    assert not fleet.ended("bureau")
    assert (fleet.control_port("bureau"),) == ports
    assert fleet.pid("bureau") == ready.pid != pid
    assert probe("127.0.0.1", ready.port, Ask(answer_within_s=1.0)).outcome == "answered"
    assert control(fleet, "bureau").receipts() == {}
    assert inbox.get(0.0) is None


def test_an_end_that_nobody_wanted_is_a_death(fleet: Fleet, inbox: QueueInbox) -> None:
    """Also of a service that was killed on purpose, and started again, before."""
    fleet.expect_exit("bureau")
    fleet.signal("bureau", signal.SIGKILL)
    fleet.await_exit("bureau")
    fleet.start_again("bureau")
    fleet.signal("bureau", signal.SIGKILL)
    died = inbox.get(5.0)
    assert isinstance(died, ChildDied)
    assert (died.child, died.exit_code) == ("bureau", -signal.SIGKILL)


def test_a_service_that_does_not_start_says_why(fleet: Fleet) -> None:
    """Wrong settings end as a HarnessError with the last lines of its log."""
    with pytest.raises(HarnessError, match="income ended while starting"):
        fleet.start({"income": {"service": "income", "no_such_setting": 1}})


def test_orders_to_a_fleet_that_is_gone_are_a_harness_error(fleet: Fleet) -> None:
    """Nothing raises what the harness does not know."""
    fleet.stop()
    with pytest.raises(HarnessError, match="takes no orders any more"):
        fleet.signal("bureau", signal.SIGCONT)
