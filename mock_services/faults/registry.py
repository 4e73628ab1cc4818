"""Which kinds of fault each service knows: one line a kind, in the order of effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from fastapi import Response
from pydantic import PrivateAttr
from creditstorm.credit.changes import befalls
from creditstorm.plugins import FAULTS, classes
from mock_services.faults import call_effects, decision_effects, record_effects
from mock_services.faults.active import Fault, Kind
from mock_services.faults.hooks import Call, CallEffect, Hooks, Reported, SharedEffect

ALL: Final = 1.0


class PluggedSpec(Protocol):
    """What a scenario asked for, as a service knows it; a kind that acts on calls has methods of `Hooks` as well."""

    @property
    def met_by(self) -> str:
        """Whether it befalls a share of `calls` or of `people`."""


class PluggedSpecKind(Protocol):
    """The class of a plug-in."""

    def told(self, service: str, parameters: Mapping[str, object], /) -> PluggedSpec:
        """What was asked for, from what the harness told a service."""


class PluggedEffect(SharedEffect):
    """Does to the share of calls, or people, what the plug-in's own hooks do; met by what they changed.

    A call that is changed at two hooks is counted twice.
    """

    spec: Any
    """What a scenario asked for: the plug-in's own class."""

    _hooks: Hooks = PrivateAttr()

    @classmethod
    def of(cls, spec: PluggedSpec) -> "PluggedEffect":
        """The fault that does what was asked."""
        fault = cls(share=float(getattr(spec, "share", ALL)), spec=spec)
        fault._hooks = spec if isinstance(spec, Hooks) else Hooks()
        return fault

    def struck(self, call: Call) -> bool:
        """Whether this call, or the person that it is about, is one of the share."""
        if self.spec.met_by == "people":
            return befalls(self._handle.seed, self._name, call.applicant, self.share)
        return super().struck(call)

    def refuses(self, call: Call) -> Response | None:
        """The plug-in's answer to a call that is struck."""
        return self._counted(self._hooks.refuses(call)) if self.struck(call) else None

    def stretched(self, call: Call, service_s: float) -> float:
        """The plug-in's service time of a call that is struck."""
        if not self.struck(call):
            return service_s
        longer_s = self._hooks.stretched(call, service_s)
        self._met += longer_s != service_s
        return longer_s

    def fails(self, call: Call) -> Response | None:
        """The plug-in's failure of a call that is struck."""
        return self._counted(self._hooks.fails(call)) if self.struck(call) else None

    def changed(self, call: Call, reported: Reported) -> Reported:
        """What the plug-in makes of the record."""
        if not self.struck(call):
            return reported
        changed = self._hooks.changed(call, reported)
        self._met += changed != reported
        return changed

    def spoiled(self, call: Call, body: bytes) -> bytes:
        """What the plug-in makes of the bytes."""
        if not self.struck(call):
            return body
        spoiled = self._hooks.spoiled(call, body)
        self._met += spoiled != body
        return spoiled

    def _counted(self, answer: Response | None) -> Response | None:
        self._met += answer is not None
        return answer


@dataclass(frozen=True, slots=True)
class PluggedKind:
    """A plug-in's kind as one service knows it."""

    spec_kind: PluggedSpecKind
    service: str

    def told(self, parameters: Mapping[str, object]) -> "PluggedEffect":
        """The fault with these parameters; pydantic's ValidationError where they are none of its own."""
        return PluggedEffect.of(self.spec_kind.told(self.service, parameters))


def plugged_kinds(service: str) -> Mapping[str, PluggedKind]:
    """The kinds of other packages; which services they are for is checked when they are told of one."""
    return {kind: PluggedKind(cast("PluggedSpecKind", spec), service) for kind, spec in classes(FAULTS).items()}


CALL_KINDS: Final[Mapping[str, type[CallEffect]]] = {
    "errors": call_effects.ErrorsEffect,
    "consent_revoked": record_effects.ConsentRevokedEffect,
    "capacity": call_effects.CapacityEffect,
    "slow": call_effects.SlowEffect,
    "sick": call_effects.SickEffect,
    "profile_update": record_effects.ProfileUpdateEffect,
    "skew": record_effects.SkewEffect,
    "stale": record_effects.StaleEffect,
    "unit_change": record_effects.UnitChangeEffect,
    "null_fields": record_effects.NullFieldsEffect,
    "empty": record_effects.EmptyEffect,
    "malformed": call_effects.MalformedEffect,
}
"""A person's record is changed first (who they are, then how old and in which unit), then taken away, then spoiled."""

DECISION_KINDS: Final[Mapping[str, type[Fault[decision_effects.LenderHandle]]]] = {
    "strategy_change": decision_effects.StrategyChangeEffect,
    "flush": decision_effects.FlushEffect,
    "poison": decision_effects.PoisonEffect,
    "consent_revoked": decision_effects.WithdrawnEffect,
    "profile_update": decision_effects.NewsEffect,
}
"""The last two change people, and the lender's reviewers see people."""


def kinds_of(service: str) -> Mapping[str, Kind[CallEffect]]:
    """The kinds that a source, or scoring, knows; those of other packages come last."""
    built_in = {kind: effect for kind, effect in CALL_KINDS.items() if service in effect.services}
    return {**built_in, **plugged_kinds(service)}
