"""A policy as a scenario asks for it: a preset's name, or a mapping that changes axes of a preset."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, GetPydanticSchema, create_model
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema, to_jsonable_python
from creditstorm.credit.policies.presets import AXES, PRESETS, UNIONS, PolicySpec
from creditstorm.language.quantities import AS_TEXT, Id, Spec, one_of


class _Changes(Spec):
    preset: Annotated[str, *one_of("a policy", tuple(PRESETS))] = "fail-closed"
    name: Id | None = None

    def resolved(self) -> PolicySpec:
        """The policy with every axis filled; with a changed axis it is called custom unless it is named."""
        changed = {axis: value for axis in AXES if (value := getattr(self, axis)) is not None}
        name = self.name or (f"{self.preset}-custom" if changed else self.preset)
        return replace(PRESETS[self.preset], name=name, **changed)


_OPTIONAL: dict[str, Any] = {axis: (union | None, None) for axis, union in UNIONS.items()}
PolicyAsked = create_model("PolicyAsked", __base__=_Changes, __doc__="A preset and what differs from it.", **_OPTIONAL)


def _read(value: object, handler: core_schema.ValidatorFunctionWrapHandler) -> PolicySpec:
    if isinstance(value, PolicySpec):
        return value
    changes: _Changes = handler({"preset": value} if isinstance(value, str) else value)
    return changes.resolved()


def _write(policy: PolicySpec, info: core_schema.SerializationInfo) -> object:
    return as_text(policy) if info.context == AS_TEXT else to_jsonable_python(policy, by_alias=False)


def as_text(policy: PolicySpec) -> object:
    """The policy in the scenario's own words: its preset's name, or every axis written out."""
    if PRESETS.get(policy.name) == policy:
        return policy.name
    axes = {axis: getattr(policy, axis).model_dump(by_alias=True, exclude_none=True, context=AS_TEXT) for axis in AXES}
    return {"preset": "fail-closed", "name": policy.name, **axes}


def _core(_source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    written = core_schema.plain_serializer_function_ser_schema(_write, info_arg=True)
    return core_schema.no_info_wrap_validator_function(_read, handler(PolicyAsked), serialization=written)


def _json(core: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    return {"anyOf": [{"enum": list(PRESETS)}, handler(core)]}


Policy = Annotated[PolicySpec, GetPydanticSchema(_core, _json)]
"""A field that reads any of the forms and holds a `PolicySpec`."""
