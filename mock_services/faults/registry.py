"""Which kinds of fault each service knows: one line a kind, in the order of effect.

A person's record is changed first (who they are, then how old and in which unit), then taken away, then spoiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from creditstorm.credit.sources import SCORED
from mock_services.faults.call_effects import CapacityEffect, ErrorsEffect, MalformedEffect, SickEffect, SlowEffect
from mock_services.faults.calls import CallEffect
from mock_services.faults.decision_effects import FlushEffect, PoisonEffect, StrategyChangeEffect
from mock_services.faults.effect import Fault, Kind
from mock_services.faults.handles import LenderHandle
from mock_services.faults.people_effects import ConsentRevokedEffect, ProfileUpdateEffect
from mock_services.faults.plugged import plugged_kinds
from mock_services.faults.record_effects import EmptyEffect, NullFieldsEffect, SkewEffect, StaleEffect, UnitChangeEffect

SCORED_KINDS: Final[Mapping[str, type[CallEffect]]] = {
    "errors": ErrorsEffect,
    "consent_revoked": ConsentRevokedEffect,
    "capacity": CapacityEffect,
    "slow": SlowEffect,
    "sick": SickEffect,
    "profile_update": ProfileUpdateEffect,
    "skew": SkewEffect,
    "stale": StaleEffect,
    "unit_change": UnitChangeEffect,
    "null_fields": NullFieldsEffect,
    "empty": EmptyEffect,
    "malformed": MalformedEffect,
}
"""A source that carries weight in the score knows them all."""

ONLY_SCORED: Final = frozenset({"consent_revoked", "profile_update", "skew", "unit_change"})
"""Identity is a yes or a no: it has no unit, no weight and no factor."""

WITHOUT_RECORD: Final = frozenset({"errors", "capacity", "slow", "sick", "malformed"})
"""Scoring has no records of its own."""


def kinds_of(service: str) -> Mapping[str, Kind[CallEffect]]:
    """The kinds that a source, or scoring, knows; those of other packages come last."""
    return {**_built_in(service), **plugged_kinds(service)}


def _built_in(service: str) -> Mapping[str, type[CallEffect]]:
    if service == "scoring":
        return {kind: fault for kind, fault in SCORED_KINDS.items() if kind in WITHOUT_RECORD}
    if service in SCORED:
        return SCORED_KINDS
    return {kind: fault for kind, fault in SCORED_KINDS.items() if kind not in ONLY_SCORED}


DECISION_KINDS: Final[Mapping[str, type[Fault[LenderHandle]]]] = {
    "strategy_change": StrategyChangeEffect,
    "flush": FlushEffect,
    "poison": PoisonEffect,
}
