"""Whether the lender doubts what it is told: the part of a policy beside its five axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from creditstorm.credit.sources import SERVICES

_DAY_S: Final = 86_400.0

DEFAULT_MAX_AGE_S: Final[dict[str, float]] = dict.fromkeys(SERVICES, _DAY_S)
"""How old a fresh value may say that it is, in seconds: in calm none is older than an hour, so a day is a snapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusting:
    """Everything that can be parsed is taken for a fact, and a field that is null for 0: the usual way."""

    kind: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityGate:
    """A value must look like one: there, in its range, "no record" only where there may be none, and young enough."""

    kind: str = "gate"
    max_age_s: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_MAX_AGE_S))


Quality = Trusting | QualityGate
