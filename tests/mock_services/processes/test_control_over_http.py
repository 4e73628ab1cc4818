"""The control port of real services: who has the token switches faults on and off, and nobody else does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mock_services.faults.registry import kinds_of
from tests.mock_services.policies.cases import PEOPLE
from tests.mock_services.processes.real_fleet import TOKEN, Fleet, ask, fleet

pytestmark = pytest.mark.storm

FAULTS = "/v1/faults"
KEY = {"applicant": 7, "session": 1, "attempt": 0}


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A running fleet without services."""
    with fleet(tmp_path_factory.mktemp("logs")) as running:
        yield running


@pytest.fixture(scope="module")
def bureau(lender: Fleet) -> dict[str, Any]:
    """A bureau with a control port."""
    return lender.start_controlled("bureau")


def test_a_service_has_two_ports(bureau: dict[str, Any]) -> None:
    """The ready event carries both; evidence is asked at one, faults at the other."""
    assert bureau["event"] == "ready"
    assert ask(bureau["port"], "POST", "/v1/evidence", KEY)[0] == 200
    assert ask(bureau["control_port"], "GET", FAULTS)[:2] == (200, {"faults": {}})


def test_control_listens_on_loopback_only(bureau: dict[str, Any]) -> None:
    """The port is bound to 127.0.0.1, so that another host cannot even connect."""
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.2", bureau["control_port"])) != 0


@pytest.mark.parametrize("token", [None, "", "0", TOKEN[:-1], TOKEN + "0", TOKEN.upper()])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", FAULTS), ("PUT", f"{FAULTS}/x"), ("DELETE", f"{FAULTS}/x"), ("GET", "/nowhere")]
)
def test_nothing_without_the_token(bureau: dict[str, Any], token: str | None, method: str, path: str) -> None:
    """401 for every path, known or not, and no fault is on afterwards."""
    status, said, headers = ask(bureau["control_port"], method, path, {"kind": "errors"}, token=token)
    assert (status, said) == (401, {"error": "the control port needs the token of the run"})
    assert headers["www-authenticate"] == "Bearer"
    assert ask(bureau["control_port"], "GET", FAULTS)[1] == {"faults": {}}


@pytest.mark.parametrize(("method", "path"), [("GET", FAULTS), ("PUT", f"{FAULTS}/x"), ("DELETE", f"{FAULTS}/x")])
def test_the_public_port_knows_no_control(bureau: dict[str, Any], method: str, path: str) -> None:
    """404, also with the token, also for who claims in a header to come in at the other port."""
    assert ask(bureau["port"], method, path, {"kind": "errors"})[0] == 404


def test_the_control_port_gives_no_evidence(bureau: dict[str, Any]) -> None:
    """What the public asks is not answered here."""
    assert ask(bureau["control_port"], "POST", "/v1/evidence", KEY)[0] == 404


def test_a_fault_comes_and_goes(bureau: dict[str, Any]) -> None:
    """It acts from the answer to PUT on, counts whom it meets, and is gone with the answer to DELETE."""
    control, public = bureau["control_port"], bureau["port"]
    put = ask(control, "PUT", f"{FAULTS}/broken%20bureau", {"kind": "errors", "status": 502})
    assert put[:2] == (200, {"name": "broken bureau", "kind": "errors", "met": 0})
    assert [ask(public, "POST", "/v1/evidence", KEY)[0] for _ in range(3)] == [502] * 3
    assert ask(control, "GET", FAULTS)[1] == {"faults": {"broken bureau": {"kind": "errors", "met": 3}}}
    assert ask(control, "DELETE", f"{FAULTS}/broken%20bureau")[:2] == (200, {"met": 3})
    assert ask(public, "POST", "/v1/evidence", KEY)[0] == 200
    assert ask(control, "DELETE", f"{FAULTS}/broken%20bureau")[:2] == (200, {"met": 0})


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "the body is no JSON: "),
        (b"", "the body is no JSON: "),
        (b"[]", "expected a JSON object"),
        ({"kind": "meteorite"}, "kind: allowed here are errors, "),
        ({"kind": "errors", "share": 2}, "share: "),
        ({"kind": "slow", "speed": 2}, "speed: Extra inputs are not permitted, got 2"),
    ],
)
def test_bad_faults_are_422(bureau: dict[str, Any], body: object, error: str) -> None:
    """The message says what is wrong, and nothing is switched on."""
    status, said, _ = ask(bureau["control_port"], "PUT", f"{FAULTS}/x", body)
    assert (status, said["error"][: len(error)]) == (422, error)
    assert ask(bureau["control_port"], "GET", FAULTS)[1] == {"faults": {}}


def test_half_a_body_is_whole_http(bureau: dict[str, Any]) -> None:
    """A malformed answer has a length that is true and a body that is no JSON."""
    ask(bureau["control_port"], "PUT", f"{FAULTS}/half", {"kind": "malformed"})
    status, said, headers = ask(bureau["port"], "POST", "/v1/evidence", KEY)
    ask(bureau["control_port"], "DELETE", f"{FAULTS}/half")
    assert (status, len(said)) == (200, int(headers["content-length"]))
    assert said.startswith(b'{"service":"bureau"')
    assert not said.endswith(b"}")


def test_a_new_life_is_heard_of_when_the_fault_ends(bureau: dict[str, Any]) -> None:
    """The old income while the update is on its way, the new one afterwards, until the service starts anew."""
    control, public = bureau["control_port"], bureau["port"]
    old = PEOPLE.applicant(7).values["bureau"] or 0
    ask(control, "PUT", f"{FAULTS}/move", {"kind": "profile_update", "share": 1, "factor": 0.5})
    assert ask(public, "POST", "/v1/evidence", KEY)[1]["record"] == {"bureau_score": old}
    assert ask(control, "DELETE", f"{FAULTS}/move")[1] == {"met": 1}
    assert ask(public, "POST", "/v1/evidence", KEY)[1]["record"] == {"bureau_score": round(old * 0.5)}


def test_without_a_token_there_is_no_control_port(lender: Fleet) -> None:
    """A service that is started as ever has one port."""
    ready = lender.start("social")
    assert set(ready) == {"event", "service", "pid", "port"}
    assert ask(ready["port"], "GET", FAULTS)[0] == 404


@pytest.mark.parametrize("service", ["scoring", "decision", "income-b"])
def test_every_sort_of_service_has_one(lender: Fleet, service: str) -> None:
    """Each answers health at the public port, and at the control port what it knows."""
    ready = lender.start_controlled(service)
    assert ask(ready["port"], "GET", "/healthz")[1]["service"] == service
    assert ask(ready["port"], "GET", FAULTS)[0] == 404
    status, said, _ = ask(ready["control_port"], "PUT", f"{FAULTS}/x", {"kind": "errors"})
    knows = service != "decision" and "errors" in kinds_of(service.removesuffix("-b"))
    assert status == (200 if knows else 422), said
    assert ask(ready["control_port"], "GET", FAULTS, token=None)[0] == 401


def test_the_token_is_written_nowhere(bureau: dict[str, Any], lender: Fleet) -> None:
    """Neither the log of the service nor its command line shows it."""
    shown = (lender.logs / "bureau.log").read_bytes() + Path(f"/proc/{bureau['pid']}/cmdline").read_bytes()
    assert TOKEN.encode() not in shown
