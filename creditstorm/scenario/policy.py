"""A policy as a scenario asks for it: a preset's name, or a mapping that changes axes of a preset."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, GetPydanticSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from creditstorm.credit import policy as axes
from creditstorm.credit.policy import PRESETS, PolicySpec
from creditstorm.credit.sources import SERVICES
from creditstorm.scenario.base import AS_TEXT, Age, Id, Number, PositiveDuration, Spec, key, one_of
from creditstorm.units import duration_text

_Service = Annotated[str, *one_of("a service", SERVICES)]


class SingleAsked(Spec):
    """One try."""

    kind: Literal["single"]

    def axis(self) -> axes.Single:
        """The value of the axis."""
        return axes.Single()


class BreakerAsked(Spec):
    """A circuit breaker."""

    kind: Literal["breaker"]
    threshold: Annotated[int, Field(ge=1, le=1000, strict=True)] = 5
    open_s: Annotated[PositiveDuration, key("open")] = 5.0

    def axis(self) -> axes.Breaker:
        """The value of the axis."""
        return axes.Breaker(threshold=self.threshold, open_s=self.open_s)


class FailClosedAsked(Spec):
    """Missing means no credit."""

    kind: Literal["fail_closed"]

    def axis(self) -> axes.FailClosed:
        """The value of the axis."""
        return axes.FailClosed()


class LastKnownGoodAsked(Spec):
    """Missing is replaced by the last good value; `ttl` replaces the whole list of services."""

    kind: Literal["last_known_good"]
    ttl_s: Annotated[dict[_Service, Age] | None, key("ttl")] = None

    def axis(self) -> axes.LastKnownGood:
        """The value of the axis."""
        return axes.LastKnownGood() if self.ttl_s is None else axes.LastKnownGood(ttl_s=self.ttl_s)


class TriStateAsked(Spec):
    """Undetermined near the cut-off."""

    kind: Literal["tri_state"]
    z: Annotated[Number, Field(ge=0.0, le=10.0)] = 1.645

    def axis(self) -> axes.TriState:
        """The value of the axis."""
        return axes.TriState(z=self.z)


class TwoWordsAsked(Spec):
    """Approved or no credit."""

    kind: Literal["two_words"]

    def axis(self) -> axes.TwoWords:
        """The value of the axis."""
        return axes.TwoWords()


class HonestAsked(Spec):
    """Undetermined is an answer."""

    kind: Literal["honest"]

    def axis(self) -> axes.Honest:
        """The value of the axis."""
        return axes.Honest()


class NoAdmissionAsked(Spec):
    """Everybody is let in."""

    kind: Literal["none"]

    def axis(self) -> axes.NoAdmission:
        """The value of the axis."""
        return axes.NoAdmission()


class DirectAsked(Spec):
    """The newest strategy at once."""

    kind: Literal["direct"]

    def axis(self) -> axes.Direct:
        """The value of the axis."""
        return axes.Direct()


class PolicyAsked(Spec):
    """A preset and the axes that differ from it; a policy with a changed axis is called custom unless it is named."""

    preset: Annotated[str, *one_of("a policy", tuple(PRESETS))] = "fail-closed"
    name: Id | None = None
    transport: Annotated[SingleAsked | BreakerAsked, Field(discriminator="kind")] | None = None
    missing: Annotated[FailClosedAsked | LastKnownGoodAsked | TriStateAsked, Field(discriminator="kind")] | None = None
    answer: Annotated[TwoWordsAsked | HonestAsked, Field(discriminator="kind")] | None = None
    admission: NoAdmissionAsked | None = None
    rollout: DirectAsked | None = None

    def resolved(self) -> PolicySpec:
        """The policy with every axis filled."""
        preset = PRESETS[self.preset]
        return replace(
            preset,
            transport=self.transport.axis() if self.transport else preset.transport,
            missing=self.missing.axis() if self.missing else preset.missing,
            answer=self.answer.axis() if self.answer else preset.answer,
            name=self.name or self._default_name(),
        )

    def _default_name(self) -> str:
        changed = any((self.transport, self.missing, self.answer))
        return f"{self.preset}-custom" if changed else self.preset


def _read(value: object, handler: core_schema.ValidatorFunctionWrapHandler) -> PolicySpec:
    if isinstance(value, PolicySpec):
        return value
    asked: PolicyAsked = handler({"preset": value} if isinstance(value, str) else value)
    return asked.resolved()


def _write(policy: PolicySpec, info: core_schema.SerializationInfo) -> object:
    return as_text(policy) if info.context == AS_TEXT else policy.as_json()


def as_text(policy: PolicySpec) -> object:
    """The policy in the scenario's own words: its preset's name, or every axis written out."""
    if PRESETS.get(policy.name) == policy:
        return policy.name
    written = {axis: dict(plain) for axis, plain in policy.as_json().items() if isinstance(plain, dict)}
    for plain in written.values():
        for field, word in _IN_WORDS.items():
            if field in plain:
                plain[word] = _in_words(plain.pop(field))
    return {"preset": "fail-closed", "name": policy.name, **written}


_IN_WORDS: Final = {"open_s": "open", "ttl_s": "ttl"}


def _in_words(value: object) -> object:
    if isinstance(value, dict):
        return {source: duration_text(seconds) for source, seconds in value.items()}
    return duration_text(float(str(value)))


def _core(_source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    written = core_schema.plain_serializer_function_ser_schema(_write, info_arg=True)
    return core_schema.no_info_wrap_validator_function(_read, handler(PolicyAsked), serialization=written)


def _json(core: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    return {"anyOf": [{"enum": list(PRESETS)}, handler(core)]}


Policy = Annotated[PolicySpec, GetPydanticSchema(_core, _json)]
"""A field that reads any of the forms and holds a `PolicySpec`."""
