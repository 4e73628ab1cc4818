"""Which kinds of fault each service knows: one line a kind, in the order of effect.

A person's record is changed first (who they are, then how old and in which unit), then taken away, then spoiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from creditstorm.credit.sources import SCORED
from mock_services.faults.base import Kind
from mock_services.faults.calls import CallFault
from mock_services.faults.capacity import LessCapacity
from mock_services.faults.consent_revoked import ConsentRevoked
from mock_services.faults.empty import Empty
from mock_services.faults.errors import Errors
from mock_services.faults.malformed import Malformed
from mock_services.faults.null_fields import NullFields
from mock_services.faults.plugged import plugged_kinds
from mock_services.faults.profile_update import ProfileUpdate
from mock_services.faults.sick import Sick
from mock_services.faults.skew import Skew
from mock_services.faults.slow import Slow
from mock_services.faults.stale import Stale
from mock_services.faults.unit_change import UnitChange

SCORED_KINDS: Final[Mapping[str, type[CallFault]]] = {
    "errors": Errors,
    "consent_revoked": ConsentRevoked,
    "capacity": LessCapacity,
    "slow": Slow,
    "sick": Sick,
    "profile_update": ProfileUpdate,
    "skew": Skew,
    "stale": Stale,
    "unit_change": UnitChange,
    "null_fields": NullFields,
    "empty": Empty,
    "malformed": Malformed,
}
"""A source that carries weight in the score knows them all."""

ONLY_SCORED: Final = frozenset({"consent_revoked", "profile_update", "skew", "unit_change"})
"""Identity is a yes or a no: it has no unit, no weight and no factor."""

WITHOUT_RECORD: Final = frozenset({"errors", "capacity", "slow", "sick", "malformed"})
"""Scoring has no records of its own."""


def kinds_of(service: str) -> Mapping[str, Kind[CallFault]]:
    """The kinds that a source, or scoring, knows; those of other packages come last."""
    return {**_built_in(service), **plugged_kinds(service)}


def _built_in(service: str) -> Mapping[str, type[CallFault]]:
    if service == "scoring":
        return {kind: fault for kind, fault in SCORED_KINDS.items() if kind in WITHOUT_RECORD}
    if service in SCORED:
        return SCORED_KINDS
    return {kind: fault for kind, fault in SCORED_KINDS.items() if kind not in ONLY_SCORED}
