"""Faults of a service that answers calls: it fails, is slow, cannot be read, or has fewer workers."""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from creditstorm.language.problems import Problem, as_custom, as_validation_error, not_among
from creditstorm.language.quantities import Duration, Number, Rate, key
from creditstorm.scenario.faults.base import InsideFault, SomeShare, WorkerTarget

STATUSES: Final = (429, 500, 502, 503)


def _status(value: object) -> int:
    if isinstance(value, bool) or value not in STATUSES:
        raise as_custom(not_among("a status that a service fails with", value, map(str, STATUSES)))
    return int(str(value))


class Errors(InsideFault):
    """A share of calls fails with `status`; with a quota, 429 for what exceeds it and nothing else fails."""

    in_words: ClassVar[str] = "answered with errors"
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


class Slow(InsideFault):
    """For a share of calls the service time is `factor` times what it was and `add_s` more.

    With `tail_alpha` it is also multiplied by a Pareto draw of that shape: the smaller, the heavier the tail.
    """

    in_words: ClassVar[str] = "was slow"
    kind: Literal["slow"] = "slow"
    target: WorkerTarget
    share: SomeShare = 1.0
    factor: Annotated[Number, Field(ge=1.0, le=10_000.0)] = 1.0
    add_s: Annotated[Duration, key("add")] = 0.0
    tail_alpha: Annotated[Annotated[Number, Field(gt=1.0, le=100.0)] | None, key("tail")] = None

    @model_validator(mode="after")
    def _slower(self) -> Self:
        if self.factor == 1.0 and self.add_s == 0.0 and self.tail_alpha is None:
            remedy = "give at least one of factor: 8, add: 500ms, tail: 1.5"
            raise as_validation_error([Problem(what="slow that is not slower", remedy=remedy)])
        return self


class Sick(InsideFault):
    """Every call takes `factor` times as long, and a share of them fails."""

    in_words: ClassVar[str] = "was slow and failing"
    kind: Literal["sick"] = "sick"
    target: WorkerTarget
    factor: Annotated[Number, Field(ge=1.0, le=10_000.0)] = 5.0
    share: SomeShare = 0.3


class Malformed(InsideFault):
    """A share of calls is answered with 200 and a body that ends in the middle."""

    in_words: ClassVar[str] = "sent broken answers"
    kind: Literal["malformed"] = "malformed"
    target: WorkerTarget
    share: SomeShare = 1.0


class CapacityFault(InsideFault):
    """Only the share `factor` of the workers is left, at least one; the queue stays as it was."""

    in_words: ClassVar[str] = "had too few workers"
    kind: Literal["capacity"] = "capacity"
    target: WorkerTarget
    factor: Annotated[Number, Field(gt=0.0, lt=1.0)]

    @property
    def met_by(self) -> str:
        """Only a queue shows it."""
        return "nobody"
