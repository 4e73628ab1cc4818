"""The scoring service: mean and standard deviation of the score, given the values that were retrieved.

By itself: ``uvicorn --factory mock_services.scoring:create_app --port 8107``.
"""

from typing import Final

from fastapi import FastAPI, Request, Response
from creditstorm.credit.imputation import estimate_score
from mock_services.faults.registry import kinds_of
from mock_services.settings import Settings
from mock_services.wire.handling import deadline_of, service_app, with_plumbing
from mock_services.wire.payloads import ScoreRequest
from mock_services.work import CallDraw, Work

VERSION: Final = "scorecard-1"


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app of the scoring service."""
    work = Work.of(settings or Settings.from_environment("scoring"), kinds_of("scoring"))
    app = service_app("creditstorm scoring")
    app.state.faults = work.faults

    @app.post("/v1/score")
    async def score(call: ScoreRequest, request: Request) -> Response:
        def payload(_call_draw: CallDraw) -> dict[str, object]:
            estimate = estimate_score(call.file, call.values)
            return {"mean": estimate.mean, "sd": estimate.sd, "version": VERSION, "as_of": work.now()}

        return await work.answer(call, deadline_of(request), payload)

    return with_plumbing(app, "scoring", work.capacity)
