"""The load that is asked for: open arrivals in stages or closed users, and how people tap again."""

from collections.abc import Iterator
from typing import Annotated, Final, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, GetPydanticSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema
from creditstorm.language.problems import Problem, as_validation_error, not_among
from creditstorm.language.quantities import LONGEST_S, Count, Duration, PositiveDuration, Rate, Share, Spec, key

_RETAP_WORDS: Final = ("default", "off")
SHORTEST_S: Final = 0.01
MOST_ARRIVALS: Final = 20_000_000
"""So many rows are more than any machine here can analyse: a run keeps them all, and all are read at once."""


class Stage(Spec):
    """A stretch of open arrivals: a constant `rate_hz`, or a straight ramp from the rate before to `ramp_to_hz`."""

    for_s: Annotated[PositiveDuration, key("for")]
    rate_hz: Annotated[Rate | None, key("rate")] = None
    ramp_to_hz: Annotated[Rate | None, key("ramp_to")] = None

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if self.for_s < SHORTEST_S:
            what = f"a stage of {self.for_s:.3g} s is over before anybody asks; the shortest is {SHORTEST_S:g} s"
            raise as_validation_error([Problem(what=what, path=("for",), remedy="lengthen it, or leave it out")])
        if (self.rate_hz is None) == (self.ramp_to_hz is None):
            had = "neither rate nor ramp_to" if self.rate_hz is None else "both rate and ramp_to"
            remedy = "give exactly one of them, such as rate: 80/s or ramp_to: 80/s"
            raise as_validation_error([Problem(what=f"the stage has {had}", remedy=remedy)])
        return self

    @property
    def reaches_hz(self) -> float:
        """The rate at the end of the stage."""
        return self.rate_hz if self.rate_hz is not None else self.ramp_to_hz or 0.0


class UsersSpec(Spec):
    """Locust's closed model: so many people, each asking again after thinking."""

    count: Annotated[Count, Field(ge=1, le=100_000)]
    for_s: Annotated[PositiveDuration, key("for")]
    think_s: Annotated[Duration, key("think")] = 1.0


class RetapSpec(Spec):
    """How likely a person taps again after an answer, after thinking `think_s` + Exp(`think_exp_s`)."""

    no_credit: Share = 0.6
    error: Share = 0.7
    timeout: Share = 0.8
    undetermined: Share = 0.1
    think_s: Annotated[Duration, key("think")] = 1.0
    think_exp_s: Annotated[Duration, key("think_exp")] = 4.0
    max_attempts: Annotated[Count, Field(ge=1, le=100)] = 5


NO_RETAP: Final = {"no_credit": 0, "error": 0, "timeout": 0, "undetermined": 0, "max_attempts": 1}


def _retap(value: object, handler: core_schema.ValidatorFunctionWrapHandler) -> object:
    if isinstance(value, str) and value not in _RETAP_WORDS:
        allowed = (*_RETAP_WORDS, "a mapping such as {no_credit: 0.5}")
        raise as_validation_error([not_among("a re-tap setting", value, allowed)])
    return handler({"default": {}, "off": NO_RETAP}[value] if isinstance(value, str) else value)


def _core(source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    return core_schema.no_info_wrap_validator_function(_retap, handler(source))


def _json(core: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    return {"anyOf": [{"enum": list(_RETAP_WORDS)}, handler(core)]}


_Retap = Annotated[RetapSpec, GetPydanticSchema(_core, _json)]


class LoadSpec(Spec):
    """Exactly one of `arrivals` (open model) and `users` (closed model)."""

    arrivals: Annotated[tuple[Stage, ...] | None, Field(min_length=1, max_length=1000)] = None
    users: UsersSpec | None = None
    warm_up_s: Annotated[Duration, key("warm_up")] = 0.0
    retap: _Retap = RetapSpec()

    @property
    def duration_s(self) -> float:
        """How long people keep arriving, in seconds."""
        return sum(stage.for_s for stage in self.arrivals or ()) + (self.users.for_s if self.users else 0.0)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        problems = [*self._model_problems(), *self._stage_problems()]
        if not problems and self.warm_up_s >= self.duration_s:
            what = f"the warm-up of {self.warm_up_s:g} s is not shorter than the load of {self.duration_s:g} s"
            problems = [Problem(what=what, path=("warm_up",), remedy="nothing would be left to measure; shorten it")]
        if problems := problems or [*self._too_much()]:
            raise as_validation_error(problems)
        return self

    @property
    def planned(self) -> float:
        """How many people are expected to ask for the first time; 0 in the closed model, where that is not planned."""
        before_hz, planned = 0.0, 0.0
        for stage in self.arrivals or ():
            from_hz = before_hz if stage.rate_hz is None else stage.rate_hz
            planned += stage.for_s * (from_hz + stage.reaches_hz) / 2
            before_hz = stage.reaches_hz
        return planned

    def _too_much(self) -> Iterator[Problem]:
        if self.duration_s > LONGEST_S:
            most = f"{LONGEST_S:,.0f} s ({LONGEST_S / 86_400:g} days)"
            what = f"the load lasts {self.duration_s:,.0f} s; at most {most} can be run"
            yield Problem(what=what, remedy="shorten its stages: a run is watched in one piece and analysed in one")
        elif self.planned > MOST_ARRIVALS:
            what = f"about {self.planned:,.0f} people are to ask; at most {MOST_ARRIVALS:,} can be analysed"
            yield Problem(what=what, path=("arrivals",), remedy="lower the rates or shorten the stages")

    def _model_problems(self) -> list[Problem]:
        if (self.arrivals is None) != (self.users is None):
            return []
        had = "neither arrivals nor users" if self.users is None else "both arrivals and users"
        remedy = "give arrivals (open model) or users (closed model), not both"
        return [Problem(what=f"the load has {had}", allowed=("arrivals", "users"), remedy=remedy)]

    def _stage_problems(self) -> list[Problem]:
        stages = self.arrivals or ()
        if stages and stages[0].rate_hz is None:
            remedy = "a ramp starts at the rate of the stage before it, so begin with one such as {for: 1s, rate: 10/s}"
            return [Problem(what="the first stage needs rate", path=("arrivals", 0), remedy=remedy)]
        if stages and not any(stage.reaches_hz for stage in stages):
            return [Problem(what="nobody ever arrives: every rate is 0", path=("arrivals",))]
        return []
