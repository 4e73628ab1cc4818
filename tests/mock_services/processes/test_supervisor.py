"""Signals, pauses and restarts of real services: nothing stays paused, whatever happens to the fleet."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import psutil
import pytest
from tests.mock_services.processes.real_fleet import PATIENT, Fleet, ask, fleet, gone, is_open, soon

pytestmark = pytest.mark.storm


def is_stopped(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_STOPPED


def paused(lender: Fleet, service: str, pid: int) -> bool:
    """Pauses a service by an order; True when it really stands still."""
    lender.tell(signal=service, number=int(signal.SIGSTOP))
    return soon(lambda: is_stopped(pid))


def test_a_service_is_paused_and_goes_on(tmp_path: Path) -> None:
    """A paused service takes connections and says nothing; afterwards it answers what was asked meanwhile."""
    with fleet(tmp_path) as lender:
        ready = lender.start_controlled("bureau")
        assert paused(lender, "bureau", ready["pid"])
        with socket.create_connection(("127.0.0.1", ready["port"])) as caller:
            caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: bureau\r\n\r\n")
            caller.settimeout(0.2)
            with pytest.raises(TimeoutError):
                caller.recv(1)
            lender.tell(signal="bureau", number=int(signal.SIGCONT))
            caller.settimeout(10)
            assert caller.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_service_restarts_on_its_ports(tmp_path: Path, number: signal.Signals) -> None:
    """Both ports refuse while it is down, and answer again when it is started on them, with no fault on."""
    with fleet(tmp_path) as lender:
        before = lender.start_controlled("bureau")
        ports = {key: before[key] for key in ("port", "control_port")}
        ask(before["control_port"], "PUT", "/v1/faults/broken", {"kind": "errors"})
        with socket.create_connection(("127.0.0.1", before["port"])):
            lender.tell(signal="bureau", number=int(number))
            assert lender.event()["event"] == "exited"
        assert [is_open(port) for port in ports.values()] == [False, False]
        after = lender.start_controlled("bureau", **ports)
        assert {key: after[key] for key in ports} == ports
        assert after["pid"] != before["pid"]
        assert ask(after["control_port"], "GET", "/v1/faults")[1] == {"faults": {}}
        assert ask(after["port"], "GET", "/healthz")[0] == 200


def test_a_signal_reaches_its_service_only(tmp_path: Path) -> None:
    """The others go on, and so does the fleet when a service is named that does not run."""
    with fleet(tmp_path) as lender:
        bureau, income = lender.start("bureau"), lender.start("income")
        lender.tell(signal="social", number=int(signal.SIGKILL))
        lender.tell(signal="bureau", number=int(signal.SIGKILL))
        assert lender.event() == {"event": "exited", "service": "bureau", "pid": bureau["pid"], "exit_code": -9}
        lender.tell(signal="bureau", number=int(signal.SIGKILL))
        assert ask(income["port"], "GET", "/healthz")[0] == 200
        assert lender.start("bureau")["event"] == "ready"


def test_kill_9_of_the_fleet_leaves_nothing_paused(tmp_path: Path) -> None:
    """The kernel ends a paused child with its parent: SIGKILL does not wait until it goes on."""
    with fleet(tmp_path) as lender:
        bureau, income = lender.start_controlled("bureau"), lender.start_controlled("income")
        assert paused(lender, "bureau", bureau["pid"])
        lender.process.kill()
        assert soon(lambda: gone(bureau, income))


@pytest.mark.parametrize("how", ["stdin", "SIGTERM"])
def test_the_end_does_not_wait_for_a_paused_child(tmp_path: Path, how: str) -> None:
    """A fleet that would wait an hour kills a paused child; to pause it may be the last thing that the fleet hears."""
    with fleet(tmp_path, PATIENT) as lender:
        ready = [lender.start("bureau"), lender.start("income")]
        lender.tell(signal="bureau", number=int(signal.SIGSTOP))
        if how == "SIGTERM":
            assert soon(lambda: is_stopped(ready[0]["pid"]))
            lender.process.terminate()
        else:
            lender.close_stdin()
        exited = {event["service"]: event["exit_code"] for event in (lender.event(), lender.event())}
        assert exited["bureau"] == -signal.SIGKILL
        assert (lender.process.wait(timeout=10), gone(*ready)) == (0, True)


def test_a_port_of_somebody_else_is_a_reason_in_the_log(tmp_path: Path) -> None:
    """A service that cannot have its port is reported as one that could not start, and the fleet goes on."""
    with fleet(tmp_path) as lender, socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        event = lender.start_controlled("bureau", port=taken)
        assert event == {"event": "exited", "service": "bureau", "pid": 0, "exit_code": 1}
        assert f"port {taken}, control port None: " in (tmp_path / "bureau.log").read_text()


def test_a_start_that_fails_half_way_leaves_no_port_open(tmp_path: Path) -> None:
    """When only the control port is taken, the public port is free for the next attempt."""
    with fleet(tmp_path) as lender, socket.create_server(("127.0.0.1", 0)) as other:
        port = lender.start_controlled("bureau")["port"]
        lender.tell(signal="bureau", number=int(signal.SIGKILL))
        lender.event()
        assert lender.start_controlled("bureau", port=port, control_port=other.getsockname()[1])["event"] == "exited"
        assert not is_open(port)
        assert lender.start_controlled("bureau", port=port)["port"] == port
