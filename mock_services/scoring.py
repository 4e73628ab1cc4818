"""The scoring service: mean and standard deviation of the score, given the values that were retrieved.

By itself: ``uvicorn --factory mock_services.scoring:create_app --port 8107``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import FastAPI, Request, Response
from creditstorm import steady
from creditstorm.credit.imputation import estimate_score
from mock_services.faults.registry import kinds_of
from mock_services.settings import Settings
from mock_services.wire.handling import deadline_of, service_app, with_plumbing
from mock_services.wire.payloads import ScoreRequest
from mock_services.work import CallDraw, Work

VERSION: Final = "scorecard-1"


class Scoring:
    """Scoring without its HTTP: time and sleep arrive as arguments."""

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], float] = steady.unix_s,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.work = Work.of(settings, kinds_of("scoring"), now=now, sleep=sleep)

    async def score(self, call: ScoreRequest, deadline: float | None) -> Response:
        """Mean and standard deviation of the score, or why they are not said."""

        def payload(_call_draw: CallDraw) -> dict[str, object]:
            estimate = estimate_score(call.file, call.values)
            return {"mean": estimate.mean, "sd": estimate.sd, "version": VERSION, "as_of": self.work.now()}

        return await self.work.answer(call, deadline, payload)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app of the scoring service."""
    scoring = Scoring(settings or Settings.from_environment("scoring"))
    app = service_app("creditstorm scoring")
    app.state.faults = scoring.work.faults

    @app.post("/v1/score")
    async def score(call: ScoreRequest, request: Request) -> Response:
        return await scoring.score(call, deadline_of(request))

    return with_plumbing(app, "scoring", scoring.work.capacity)
