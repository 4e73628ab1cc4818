"""The decision service as a person meets it where answers are pushed: the promise, and the way to read it kept."""

from __future__ import annotations

import asyncio

import pytest
from creditstorm.credit.sources import SERVICES
from mock_services.processes.serving import app_of
from mock_services.settings import Settings
from tests.mock_services.asgi_calls import Reply, acall, call

NOWHERE = dict.fromkeys(SERVICES, "http://127.0.0.1:1")
BODY = b'{"applicant":7,"session":1,"attempt":1,"segment":"consumer","file":"thick"}'
PATH = "/v1/notifications"


def settings(policy: str | dict[str, object]) -> Settings:
    """A decision service whose services are not there."""
    return Settings.model_validate({"service": "decision", "policy": policy, "upstreams": NOWHERE})


def deferred(policy: str) -> tuple[Reply, Reply]:
    """What a person is told without any service, and the notifications a moment later."""
    app = app_of(settings(policy))

    async def story() -> tuple[Reply, Reply]:
        async with app.router.lifespan_context(app):
            return await acall(app, "POST", "/v1/credit-check", BODY), await acall(app, "GET", PATH)

    return asyncio.run(story())


def test_the_promise_and_the_waiting_line() -> None:
    """Undetermined with "notify you" in the text, and the person waits."""
    told, notifications = deferred("tri-state-push")
    assert told.json["answer"] == "undetermined"
    assert "notify you" in told.json["text"]["en"]
    assert "通知您" in told.json["text"]["zh"]
    assert (notifications.json["cursor"], notifications.json["notifications"]) == (0, [])
    assert notifications.json["counts"]["waiting"] == 1


def test_without_push_nobody_is_promised_anything() -> None:
    """Honest words speak of looking again, and there is nothing to read."""
    told, notifications = deferred("tri-state")
    assert "notify" not in told.json["text"]["en"]
    assert notifications.status == 404


@pytest.mark.parametrize("query", ["after=-1", "after=9999999999999999999", "limit=0", "limit=1001", "after=x"])
def test_a_cursor_is_a_number_and_a_page_has_a_size(query: str) -> None:
    """Nothing else is guessed at."""
    assert call(app_of(settings("tri-state-push")), "GET", f"{PATH}?{query}").status == 422
