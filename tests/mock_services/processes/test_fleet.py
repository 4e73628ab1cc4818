"""The real fleet: services start fast, answer, and never outlive their parent."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from creditstorm.credit.sources import SERVICES
from creditstorm.credit.truth import truth_of
from tests.mock_services.policies.cases import PEOPLE, SEED, STRATEGY
from tests.mock_services.processes.real_fleet import QUICK, fleet, gone, is_open, post, soon

pytestmark = pytest.mark.storm

REQUEST = (
    b"POST /v1/evidence HTTP/1.1\r\nHost: bureau\r\nContent-Type: application/json\r\nContent-Length: 39\r\n\r\n"
    b'{"applicant":1,"session":1,"attempt":0}'
)


def test_a_whole_lender_gives_the_truth(tmp_path: Path) -> None:
    """Seven services and a decision service, really running, answer as the oracle does."""
    with fleet(tmp_path) as lender:
        for service in SERVICES:
            lender.order(service, seed=SEED, profile=QUICK)
        events = [lender.event() for _ in SERVICES]
        assert {event["service"] for event in events} == set(SERVICES)
        urls = {event["service"]: f"http://127.0.0.1:{event['port']}" for event in events}
        decision = lender.start("decision", seed=SEED, upstreams=urls, deadline_s=30.0)
        for person in map(PEOPLE.applicant, range(12)):
            key = {"applicant": person.id, "session": 1, "attempt": 0, "segment": person.segment, "file": person.file}
            told = post(decision["port"], "/v1/credit-check", key)
            truth = truth_of(person, STRATEGY)
            assert (told["limit_cny"], told["score"]) == (truth.limit_cny, {"mean": truth.score, "sd": 0.0})


def test_nothing_is_left_after_kill_9(tmp_path: Path) -> None:
    """A fleet that is killed takes its children and their ports with it."""
    with fleet(tmp_path) as lender:
        ready = [lender.start("bureau"), lender.start("decision")]
        lender.process.kill()
        assert soon(lambda: gone(*ready))


@pytest.mark.parametrize("how", ["stdin", "SIGTERM"])
def test_it_ends_when_told(tmp_path: Path, how: str) -> None:
    """The end of stdin and SIGTERM both end every child within moments, and the fleet exits 0."""
    with fleet(tmp_path) as lender:
        ready = [lender.start("bureau"), lender.start("income")]
        lender.close_stdin() if how == "stdin" else lender.process.terminate()
        exited = [lender.event() for _ in ready]
        assert {event["event"] for event in exited} == {"exited"}
        assert (lender.process.wait(timeout=10), gone(*ready)) == (0, True)


def test_a_child_that_hangs_is_killed(tmp_path: Path) -> None:
    """A stopped child does not answer SIGTERM; it is gone all the same."""
    with fleet(tmp_path) as lender:
        ready = lender.start("bureau")
        os.kill(ready["pid"], signal.SIGSTOP)
        lender.close_stdin()
        assert lender.event()["exit_code"] == -signal.SIGKILL
        assert (lender.process.wait(timeout=10), gone(ready)) == (0, True)


def test_ctrl_c_in_the_terminal_is_not_for_the_fleet(tmp_path: Path) -> None:
    """SIGINT leaves the fleet running, and its children have a session of their own."""
    with fleet(tmp_path) as lender:
        ready = lender.start("bureau")
        lender.process.send_signal(signal.SIGINT)
        assert lender.start("income")["event"] == "ready"
        assert os.getsid(ready["pid"]) == ready["pid"]


def test_a_child_that_dies_is_reported(tmp_path: Path) -> None:
    """Kill -9 of one child is an event with the signal, its port is closed, and the others go on."""
    with fleet(tmp_path) as lender:
        bureau, income = lender.start("bureau"), lender.start("income")
        os.kill(bureau["pid"], signal.SIGKILL)
        assert lender.event() == {"event": "exited", "service": "bureau", "pid": bureau["pid"], "exit_code": -9}
        assert (is_open(bureau["port"]), is_open(income["port"])) == (False, True)


def test_a_child_that_cannot_start_says_why_in_its_log(tmp_path: Path) -> None:
    """Settings that make no sense end the child with exit code 1, and its log holds the reason."""
    with fleet(tmp_path) as lender:
        event = lender.start("bureau", profile={"workers": 0})
        assert (event["event"], event["exit_code"]) == ("exited", 1)
        assert "profile.workers" in (tmp_path / "bureau.log").read_text()
        assert lender.start("income")["event"] == "ready"


def test_a_service_stops_quickly_with_work_in_flight(tmp_path: Path) -> None:
    """SIGTERM does not wait for an hour-long call."""
    with fleet(tmp_path) as lender:
        ready = lender.start("bureau", profile={"p50_s": 3600.0, "p99_s": 3601.0})
        with socket.create_connection(("127.0.0.1", ready["port"])) as caller:
            caller.sendall(REQUEST)
            lender.process.terminate()
            assert lender.event()["exit_code"] in {0, -signal.SIGTERM}
            assert lender.process.wait(timeout=10) == 0


@pytest.mark.parametrize("module", ["source", "scoring", "decision"])
def test_each_service_runs_by_itself(module: str) -> None:
    """Plain uvicorn starts each module with defaults for everything."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", f"mock_services.{module}:create_app", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            assert soon(lambda: is_open(port))
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as reply:
                expected = "bureau" if module == "source" else module
                assert json.loads(reply.read()) == {"status": "ok", "service": expected, "pad": ""}
        finally:
            server.terminate()
