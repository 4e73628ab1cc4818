"""`errors`: failures, or a quota that runs out."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from creditstorm.scenario.base import Rate, key
from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import WorkerTarget
from creditstorm.scenario.problems import Problem, as_custom, as_validation_error, not_among

STATUSES: Final = (429, 500, 502, 503)


def _status(value: object) -> int:
    if isinstance(value, bool) or value not in STATUSES:
        raise as_custom(not_among("a status that a service fails with", value, map(str, STATUSES)))
    return int(str(value))


class Errors(InsideFault):
    """A share of calls fails with `status`; with a quota, 429 for what exceeds it and nothing else fails."""

    kind: Literal["errors"] = "errors"
    target: WorkerTarget
    share: SomeShare = 1.0
    status: Annotated[int, BeforeValidator(_status), WithJsonSchema({"enum": list(STATUSES)})] = 503
    quota_hz: Annotated[Annotated[Rate, Field(gt=0.0)] | None, key("quota")] = None

    @property
    def met_by(self) -> str:
        """A share of calls; a quota, by what exceeds it."""
        return "calls" if self.quota_hz is None else "nobody"

    @model_validator(mode="after")
    def _one_way_to_fail(self) -> Self:
        if self.quota_hz is not None and self.share < 1.0:
            what = "a quota refuses what exceeds it, so a share of the calls means nothing beside it"
            raise as_validation_error([Problem(what=what, path=("share",), remedy="give either quota or share")])
        return self
