"""A service of a run answers below the path of the run, and nobody who does not know it learns anything."""

from __future__ import annotations

import pytest
from mock_services.processes.hidden_path import below
from mock_services.processes.serving import app_of
from mock_services.settings import Settings
from tests.mock_services.asgi_calls import call

PATH = "/0123456789abcdef"
PERSON = {"applicant": 1, "session": 1, "attempt": 1, "try": 0}


@pytest.fixture(scope="module")
def app() -> object:
    """A bureau below a path."""
    return below(PATH, app_of(Settings.model_validate({"service": "bureau"})))


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/healthz"), ("POST", "/v1/evidence"), ("GET", "/metrics"), ("GET", "/openapi.json"), ("GET", "/nothing")],
)
def test_nothing_without_the_path(app: object, method: str, path: str) -> None:
    """Not even whether there is such a thing; below the path all is as it would be without one."""
    open_to_all = app_of(Settings.model_validate({"service": "bureau"}))
    expected = 404 if path == "/nothing" else 200
    assert call(app, method, f"{PATH}{path}", PERSON).status == expected
    assert call(open_to_all, method, path, PERSON).status == expected
    wrong = ("", "/", PATH[:-1], f"{PATH}0", f"/x{PATH}", PATH.upper(), f"/{'0' * 16}", f"/{'ü' * 16}")
    refused = {(reply.status, reply.body) for each in wrong for reply in [call(app, method, f"{each}{path}", PERSON)]}
    assert refused == {(404, b'{"error":"nothing is here without the path of the run"}')}
    assert call(app, method, PATH).status == 404
