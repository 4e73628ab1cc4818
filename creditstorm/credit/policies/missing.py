"""The missing-data axis: what is decided when evidence did not arrive."""

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from creditstorm.credit.sources import SERVICES
from creditstorm.language.problems import Problem, as_custom
from creditstorm.language.quantities import Age, Number, Spec, key, one_of
from creditstorm.language.store_url import PASSWORD_VARIABLE, PlainPasswordError, store_url
from creditstorm.units import quoted

_DAY_S: Final = 86_400.0

DEFAULT_TTL_S: Final[dict[str, float]] = {
    "identity": 30 * _DAY_S,
    "repayment": 1 * _DAY_S,
    "consumption": 7 * _DAY_S,
    "bureau": 30 * _DAY_S,
    "income": 90 * _DAY_S,
    "social": 30 * _DAY_S,
    "scoring": 1 * _DAY_S,
}
"""How old a last known good value may be, in seconds, per service; one that is not named is never served stale."""

AgesByService = dict[Annotated[str, *one_of("a service", SERVICES)], Age]
_Z = Annotated[Number, Field(ge=0.0, le=10.0)]


def _read_store(value: object) -> str:
    try:
        text = value if isinstance(value, str) else ""
        store_url(text)
    except PlainPasswordError as error:
        remedy = (
            f"write three stars for it, redis://user:***@host:6379/0, and put the password into {PASSWORD_VARIABLE}"
        )
        raise as_custom(Problem(what=f"the URL cannot be taken: {error}", remedy=remedy)) from None
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


class FailClosed(Spec):
    """Missing evidence means no credit: the bug."""

    kind: Literal["fail_closed"] = "fail_closed"


class ZeroFill(Spec):
    """A missing number becomes 0, which the scorecard reads as its lowest bin, `clip_sd` sd below the mean: a bug."""

    kind: Literal["zero_fill"] = "zero_fill"
    clip_sd: Annotated[Number, Field(ge=0.0, le=100.0)] = 1.0


class WorstBin(Spec):
    """A missing characteristic falls into the bin of "no record", an adverse fact."""

    kind: Literal["worst_bin"] = "worst_bin"


class PartialScore(Spec):
    """Decide by the conditional expectation of the score, however little is known."""

    kind: Literal["partial_score"] = "partial_score"


class LastKnownGood(Spec):
    """Missing evidence is replaced by the last good value of the person, up to a time to live per source.

    `ttl_s` replaces the whole list of services. `otherwise` is the rule that decides, on old values as on fresh ones,
    also where no good value is known: `fail_closed`, or `tri_state` with its `z`. `store` is the URL of the Redis that
    keeps the values, behind a proxy of its own, so that faults of the network can have it for their target; None: they
    are kept in the decision service itself. Its password is never in it (`creditstorm.language.store_url`).
    """

    kind: Literal["last_known_good"] = "last_known_good"
    ttl_s: Annotated[AgesByService, key("ttl")] = DEFAULT_TTL_S
    otherwise: Annotated[str, *one_of("a rule", ("fail_closed", "tri_state"))] = "fail_closed"
    z: _Z = 1.645
    store: _Store | None = None


class TriState(Spec):
    """Approve or deny only where mean ± z · sd of the score is clear of the cut-off, otherwise undetermined."""

    kind: Literal["tri_state"] = "tri_state"
    z: _Z = 1.645


Missing = Annotated[
    FailClosed | ZeroFill | WorstBin | LastKnownGood | PartialScore | TriState, Field(discriminator="kind")
]
