"""Which kinds of fault each service knows: one line a kind, in the order of effect.

A person's record is changed first (who they are, then how old and in which unit), then taken away, then spoiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from fastapi import Response
from pydantic import PrivateAttr

from creditstorm.credit.changes import befalls
from creditstorm.credit.sources import SCORED
from creditstorm.plugins import FAULTS, classes
from mock_services.faults.active import Fault, Kind
from mock_services.faults.call_effects import CapacityEffect, ErrorsEffect, MalformedEffect, SickEffect, SlowEffect
from mock_services.faults.decision_effects import FlushEffect, LenderHandle, PoisonEffect, StrategyChangeEffect
from mock_services.faults.hooks import Call, CallEffect, Hooks, Reported, SharedEffect
from mock_services.faults.record_effects import (
    ConsentRevokedEffect,
    EmptyEffect,
    NullFieldsEffect,
    ProfileUpdateEffect,
    SkewEffect,
    StaleEffect,
    UnitChangeEffect,
)

ALL: Final = 1.0


class PluggedSpec(Protocol):
    """What a scenario asked for, as a service knows it; a kind that has moments has methods of `Hooks` as well."""

    @property
    def met_by(self) -> str:
        """Whether it befalls a share of `calls` or of `people`."""


class PluggedSpecKind(Protocol):
    """The class of a plug-in."""

    def told(self, service: str, parameters: Mapping[str, object], /) -> PluggedSpec:
        """What was asked for, from what the harness told a service."""


class PluggedEffect(SharedEffect):
    """Does to the share of calls, or people, what the plug-in's own moments say; met by what they changed.

    A call that is changed at two moments is counted twice.
    """

    asked: Any
    """What a scenario asked for: the plug-in's own class."""

    _moments: Hooks = PrivateAttr()

    @classmethod
    def of(cls, asked: PluggedSpec) -> PluggedEffect:
        """The fault that does what was asked."""
        fault = cls(share=float(getattr(asked, "share", ALL)), asked=asked)
        fault._moments = asked if isinstance(asked, Hooks) else Hooks()
        return fault

    def struck(self, call: Call) -> bool:
        """Whether this call, or the person that it is about, is one of the share."""
        if self.asked.met_by == "people":
            return befalls(self._handle.seed, self._name, call.applicant, self.share)
        return super().struck(call)

    def refuses(self, call: Call) -> Response | None:
        """The plug-in's answer to a call that is struck."""
        return self._counted(self._moments.refuses(call)) if self.struck(call) else None

    def stretched(self, call: Call, service_s: float) -> float:
        """The plug-in's service time of a call that is struck."""
        if not self.struck(call):
            return service_s
        longer_s = self._moments.stretched(call, service_s)
        self._met += longer_s != service_s
        return longer_s

    def fails(self, call: Call) -> Response | None:
        """The plug-in's failure of a call that is struck."""
        return self._counted(self._moments.fails(call)) if self.struck(call) else None

    def changed(self, call: Call, said: Reported) -> Reported:
        """What the plug-in makes of the record."""
        if not self.struck(call):
            return said
        changed = self._moments.changed(call, said)
        self._met += changed != said
        return changed

    def spoiled(self, call: Call, body: bytes) -> bytes:
        """What the plug-in makes of the bytes."""
        if not self.struck(call):
            return body
        spoiled = self._moments.spoiled(call, body)
        self._met += spoiled != body
        return spoiled

    def _counted(self, answer: Response | None) -> Response | None:
        self._met += answer is not None
        return answer


@dataclass(frozen=True, slots=True)
class PluggedKind:
    """A plug-in's kind as one service knows it."""

    asked: PluggedSpecKind
    service: str

    def told(self, parameters: Mapping[str, object]) -> PluggedEffect:
        """The fault with these parameters; pydantic's ValidationError where they are none of its own."""
        return PluggedEffect.of(self.asked.told(self.service, parameters))


def plugged_kinds(service: str) -> Mapping[str, PluggedKind]:
    """The kinds of other packages; which services they are for is checked when they are told of one."""
    return {kind: PluggedKind(cast("PluggedSpecKind", asked), service) for kind, asked in classes(FAULTS).items()}


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
