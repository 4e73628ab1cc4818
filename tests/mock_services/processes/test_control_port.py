"""The control of faults is open: any app can have one, with kinds of its own."""

from __future__ import annotations

import json

import pytest
from fastapi import FastAPI
from mock_services.faults.active import ActiveFaults, Fault
from mock_services.processes.control_port import faults_of, with_control
from mock_services.processes.serving import app_of
from mock_services.settings import Settings
from tests.mock_services.asgi_calls import Reply, call

FAULTS = "/v1/faults"
TOKEN = "0123456789abcdef"  # noqa: S105 - of these tests only
CONTROL_PORT = 80
"""Where the calls of these tests come in."""


def put(app: FastAPI, kind: str) -> Reply:
    behind = with_control(app, faults_of(app), port=CONTROL_PORT, token=TOKEN)
    return call(behind, "PUT", f"{FAULTS}/x", {"kind": kind}, authorization=f"Bearer {TOKEN}")


class Flush(Fault[list[str]]):
    """A kind of a service that is no source: it empties a store."""

    def begin(self, name: str, handle: list[str]) -> None:
        super().begin(name, handle)
        handle.clear()


def test_any_app_can_have_faults_of_its_own() -> None:
    """One class and one line in a table make a kind; the app only says which faults it knows."""
    store = ["a value"]
    app = FastAPI()
    app.state.faults = ActiveFaults({"flush": Flush}, store)
    assert (put(app, "flush").json, store) == ({"name": "x", "kind": "flush", "met": 0}, [])


def test_an_app_without_faults_allows_none() -> None:
    """Every kind is refused, and says so."""
    reply = put(FastAPI(), "errors")
    assert (reply.status, reply.json) == (422, {"error": "kind: allowed here are none, got 'errors'"})


@pytest.mark.parametrize("service", ["bureau", "bureau-b", "identity", "scoring"])
def test_services_know_their_faults(service: str) -> None:
    """The app of a source, of its replica and of scoring has faults that are the ones it acts on."""
    app = app_of(Settings.model_validate({"service": service}))
    assert put(app, "malformed").status == 200
    assert [type(fault).__name__ for fault in faults_of(app).on] == ["MalformedEffect"]


def test_what_arrives_elsewhere_is_for_the_app() -> None:
    """Only the control port is control; a token does not matter anywhere else."""
    app = FastAPI()

    @app.get(FAULTS)
    async def of_the_app() -> str:
        return "mine"

    behind = with_control(app, faults_of(app), port=CONTROL_PORT + 1, token=TOKEN)
    assert call(behind, "GET", FAULTS, authorization=f"Bearer {TOKEN}").json == "mine"


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", f"bearer {TOKEN}", TOKEN, f"Basic {TOKEN}", "Bearer ÿ"])
def test_the_token_is_taken_exactly(given: str) -> None:
    """Anything that is not the whole header, byte by byte, is 401 and says what is needed."""
    app = FastAPI()
    behind = with_control(app, faults_of(app), port=CONTROL_PORT, token=TOKEN)
    reply = call(behind, "GET", FAULTS, authorization=given)
    assert (reply.status, json.loads(reply.body)) == (401, {"error": "the control port needs the token of the run"})
