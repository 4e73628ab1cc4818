"""The path of a run: who knows it is answered by a service, everybody else is told nothing."""

import hmac
from collections.abc import Awaitable

from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_NOT_FOUND = 404


def below(path: str, app: ASGIApp) -> ASGIApp:
    """An app that answers ``<path>/…`` as `app` answers ``/…``, and anything else with 404."""
    begins, length = path.encode(), len(path)

    def dispatch(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return app(scope, receive, send)
        asked: str = scope["path"]
        # Compared as a whole and in constant time: how soon a guess fails tells nothing of the path.
        if not hmac.compare_digest(asked[:length].encode(), begins) or asked[length : length + 1] != "/":
            return _REFUSED(scope, receive, send)
        return app({**scope, "path": asked[length:]}, receive, send)

    return dispatch


_REFUSED = Response(
    to_json({"error": "nothing is here without the path of the run"}), _NOT_FOUND, media_type="application/json"
)
