"""The control port: who has the run's token switches faults on and off, beside the public port of the same server."""

import hmac
from collections.abc import Awaitable
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from pydantic_core import from_json, to_json
from starlette.types import ASGIApp, Receive, Scope, Send
from mock_services.faults.active import ActiveFaults, BadFaultError, Fault

_UNAUTHORISED: Final = 401
_UNPROCESSABLE: Final = 422


def with_control(app: ASGIApp, faults: ActiveFaults[Any], *, port: int, token: str) -> ASGIApp:
    """An app that gives what arrives at this local port to the faults, and everything else to `app`."""
    control = _Guarded(_control_app(faults), token)

    def dispatch(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http" and scope["server"][1] == port:
            return control(scope, receive, send)
        return app(scope, receive, send)

    return dispatch


def faults_of(app: FastAPI) -> ActiveFaults[Any]:
    """The faults that an app knows; none are allowed where it does not know any."""
    known = getattr(app.state, "faults", None)
    return known if isinstance(known, ActiveFaults) else ActiveFaults[Fault[Any]]({}, None)


class _Guarded:
    """Nothing without the token, not even whether a path exists."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"")
        if hmac.compare_digest(given, self._expected):
            await self._app(scope, receive, send)
        else:
            refused = _json({"error": "the control port needs the token of the run"}, _UNAUTHORISED)
            refused.headers["WWW-Authenticate"] = "Bearer"
            await refused(scope, receive, send)


def _control_app(faults: ActiveFaults[Any]) -> FastAPI:
    app = FastAPI(title="creditstorm control", openapi_url=None)

    @app.put("/v1/faults/{name}")
    async def put(name: str, request: Request) -> Response:
        try:
            return _json(faults.put(name, _parsed(await request.body())))
        except BadFaultError as error:
            return _json({"error": str(error)}, _UNPROCESSABLE)

    @app.get("/v1/faults")
    async def receipts() -> Response:
        return _json({"faults": faults.receipts()})

    @app.delete("/v1/faults/{name}")
    async def delete(name: str) -> Response:
        return _json({"met": faults.remove(name)})

    return app


def _parsed(body: bytes) -> object:
    try:
        return from_json(body)
    except ValueError as error:
        raise BadFaultError(f"the body is no JSON: {error}") from None


def _json(payload: object, status: int = 200) -> Response:
    return Response(to_json(payload), status, media_type="application/json")
