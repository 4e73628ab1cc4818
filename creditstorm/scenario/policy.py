"""A policy as a scenario asks for it: a preset's name, or a mapping that changes axes of a preset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Annotated

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, GetPydanticSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from creditstorm.credit.policies.axes import AXES
from creditstorm.credit.policies.presets import PRESETS, PolicySpec
from creditstorm.scenario.base import AS_TEXT, Id, Spec, one_of
from creditstorm.scenario.open_union import open_to
from creditstorm.scenario.policies.admission import AdmissionAsked
from creditstorm.scenario.policies.answer import AnswerAsked
from creditstorm.scenario.policies.missing import MissingAsked
from creditstorm.scenario.policies.plugged import plugged_values
from creditstorm.scenario.policies.quality import QualityAsked
from creditstorm.scenario.policies.rollout import RolloutAsked
from creditstorm.scenario.policies.transport import TransportAsked
from creditstorm.scenario.policies.value import PolicyValue
from creditstorm.units import duration_text, rate_text


def _others(axis: str) -> GetPydanticSchema:
    return open_to(partial(plugged_values, axis))


class PolicyAsked(Spec):
    """A preset and the axes that differ from it; a policy with a changed axis is called custom unless it is named."""

    preset: Annotated[str, *one_of("a policy", tuple(PRESETS))] = "fail-closed"
    name: Id | None = None
    transport: Annotated[TransportAsked, _others("transport")] | None = None
    missing: Annotated[MissingAsked, _others("missing")] | None = None
    answer: Annotated[AnswerAsked, _others("answer")] | None = None
    admission: Annotated[AdmissionAsked, _others("admission")] | None = None
    rollout: Annotated[RolloutAsked, _others("rollout")] | None = None
    quality: Annotated[QualityAsked, _others("quality")] | None = None

    def resolved(self) -> PolicySpec:
        """The policy with every axis filled."""
        changed = self.model_dump(exclude={"preset", "name"}, exclude_none=True)
        name = self.name or (f"{self.preset}-custom" if changed else self.preset)
        return PolicySpec.from_json({**PRESETS[self.preset].as_json(), **changed, "name": name})


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
    return {"preset": "fail-closed", "name": policy.name, **{axis: _value_as_text(policy, axis) for axis in AXES}}


def _value_as_text(policy: PolicySpec, axis: str) -> dict[str, object]:
    """One axis in words; a value that another package brings knows its own."""
    value = getattr(policy, axis)
    if isinstance(value, PolicyValue):
        return value.model_dump(by_alias=True, exclude_none=True, context=AS_TEXT)
    return dict(_in_words(asdict(value)))


def _in_words(plain: dict[str, object]) -> Iterator[tuple[str, object]]:
    """The fields of one axis as a scenario writes them; what has no value is not written."""
    for field, value in plain.items():
        if field == "min_hz":
            yield "min_rate", rate_text(float(str(value)))
        elif field.endswith("_s") and value is not None:
            yield field.removesuffix("_s"), _durations(value)
        elif value is not None:
            yield field, value


def _durations(value: object) -> object:
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
