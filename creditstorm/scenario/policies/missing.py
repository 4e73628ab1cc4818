"""The missing-data rules that a scenario may ask for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from creditstorm.credit.sources import SERVICES
from creditstorm.scenario.base import Age, Number, Spec, key, one_of
from creditstorm.scenario.problems import Problem, as_custom
from creditstorm.scenario.store_url import store_url
from creditstorm.units import quoted

_Service = Annotated[str, *one_of("a service", SERVICES)]
_Z = Annotated[Number, Field(ge=0.0, le=10.0)]


def _read_store(value: object) -> str:
    try:
        text = value if isinstance(value, str) else ""
        store_url(text)
    except ValueError as error:
        what = f"{quoted(value)} is not the URL of a Redis: {error}"
        remedy = "write one like redis://127.0.0.1:6379/0, or leave the key out: the values are then kept in process"
        raise as_custom(Problem(what=what, remedy=remedy)) from error
    return text


_Store = Annotated[
    str,
    BeforeValidator(_read_store),
    WithJsonSchema({"type": "string", "pattern": "^redis://.+", "examples": ["redis://127.0.0.1:6379/0"]}),
]


class FailClosedAsked(Spec):
    """Missing means no credit."""

    kind: Literal["fail_closed"]


class ZeroFillAsked(Spec):
    """Missing means 0, which the scorecard reads as its lowest bin, `clip_sd` sd below the mean."""

    kind: Literal["zero_fill"]
    clip_sd: Annotated[Number, Field(ge=0.0, le=100.0)] = 1.0


class WorstBinAsked(Spec):
    """Missing means no record."""

    kind: Literal["worst_bin"]


class LastKnownGoodAsked(Spec):
    """Missing is replaced by the last good value; `ttl` replaces the whole list of services.

    `otherwise` decides, also where no good value is known; `z` is that of `tri_state`. With a `store` the values are
    kept in that Redis, behind a proxy of its own, so that faults of the network can have it for their target.
    """

    kind: Literal["last_known_good"]
    ttl_s: Annotated[dict[_Service, Age] | None, key("ttl")] = None
    otherwise: Annotated[str, *one_of("a rule", ("fail_closed", "tri_state"))] = "fail_closed"
    z: _Z = 1.645
    store: _Store | None = None


class PartialScoreAsked(Spec):
    """The expected score decides."""

    kind: Literal["partial_score"]


class TriStateAsked(Spec):
    """Undetermined near the cut-off."""

    kind: Literal["tri_state"]
    z: _Z = 1.645


MissingAsked = Annotated[
    FailClosedAsked | ZeroFillAsked | WorstBinAsked | LastKnownGoodAsked | PartialScoreAsked | TriStateAsked,
    Field(discriminator="kind"),
]
"""Any missing-data rule."""
