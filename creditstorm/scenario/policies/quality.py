"""Whether the lender doubts what it is told, as a scenario may ask for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from creditstorm.credit.policies.quality import DEFAULT_MAX_AGE_S
from creditstorm.credit.sources import SERVICES
from creditstorm.scenario.base import Age, Spec, key, one_of

_Service = Annotated[str, *one_of("a service", SERVICES)]


def _with_the_others(told: dict[str, float] | None) -> dict[str, float]:
    return {**DEFAULT_MAX_AGE_S, **(told or {})}


class TrustingAsked(Spec):
    """No gate: everything that can be parsed is a fact."""

    kind: Literal["none"]


class QualityGateAsked(Spec):
    """Schema, range and freshness are checked; a service that `max_age` does not name keeps the day that it has."""

    kind: Literal["gate"]
    max_age_s: Annotated[dict[_Service, Age] | None, AfterValidator(_with_the_others), key("max_age")] = None


QualityAsked = Annotated[TrustingAsked | QualityGateAsked, Field(discriminator="kind")]
"""A gate, or none."""
