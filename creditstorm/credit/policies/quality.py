"""Whether the lender doubts what it is told: the part of a policy beside its five axes."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from creditstorm.credit.policies.missing import AgesByService
from creditstorm.credit.sources import SERVICES
from creditstorm.language.quantities import Spec, key

DEFAULT_MAX_AGE_S: Final[dict[str, float]] = dict.fromkeys(SERVICES, 86_400.0)
"""How old a fresh value may say that it is, in seconds: in calm none is older than an hour, so a day is a snapshot."""


def _with_the_others(ages_s: dict[str, float]) -> dict[str, float]:
    return {**DEFAULT_MAX_AGE_S, **ages_s}


class Trusting(Spec):
    """Everything that can be parsed is taken for a fact, and a field that is null for 0: the usual way."""

    kind: Literal["none"] = "none"


class QualityGate(Spec):
    """A value must look like one: there, in its range, "no record" only where there may be none, and young enough.

    A service that `max_age_s` does not name keeps the day that it has.
    """

    kind: Literal["gate"] = "gate"
    max_age_s: Annotated[AgesByService, AfterValidator(_with_the_others), key("max_age")] = DEFAULT_MAX_AGE_S


Quality = Annotated[Trusting | QualityGate, Field(discriminator="kind")]
