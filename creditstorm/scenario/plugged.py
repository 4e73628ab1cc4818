"""Where the language is open: kinds of fault and values of policies that other packages bring."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Annotated, Any, Union, get_args

from pydantic import Field, GetCoreSchemaHandler, GetPydanticSchema
from pydantic_core import core_schema

from creditstorm.credit.axes import AXES
from creditstorm.plugins import FAULTS, POLICIES, Plugin, found
from creditstorm.scenario.base import Spec
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.policies.value import PolicyValue


def open_to(plugged: Callable[[], Iterable[type[Spec]]]) -> GetPydanticSchema:
    """Metadata of a union of kinds: those of other packages belong to it, too. They are looked for at its first use.

    Raises PluginError then, also where one of them takes the word of a kind that is there already.
    """

    def schema(union: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:  # noqa: ANN401
        more = tuple(plugged())
        if not more:
            return handler(union)
        _all_new(more, {_word_of(kind) for kind in get_args(union)})
        members: Any = Union[(*get_args(union), *more)]
        return handler.generate_schema(Annotated[members, Field(discriminator="kind")])

    return GetPydanticSchema(schema)


def _all_new(more: Iterable[type[Spec]], taken: Container[str]) -> None:
    if plugin := next((p for kind in more for p in _plugins() if p.brought is kind and p.name in taken), None):
        raise plugin.broken(f"{plugin.name} is a word of creditstorm's own")


def _plugins() -> tuple[Plugin, ...]:
    return (*found(FAULTS), *found(POLICIES))


def _word_of(kind: type[Spec]) -> str:
    [word] = get_args(kind.model_fields["kind"].annotation)
    return str(word)


def plugged_faults() -> tuple[type[InsideFault], ...]:
    """The kinds of fault that are installed beside creditstorm; raises PluginError."""
    return tuple(_checked_fault(plugin) for plugin in found(FAULTS))


def plugged_values(axis: str) -> tuple[type[PolicyValue], ...]:
    """The values of one axis that are installed beside creditstorm; raises PluginError."""
    return tuple(value for value in map(_checked_value, found(POLICIES)) if value.axis == axis)


def _checked_fault(plugin: Plugin) -> type[InsideFault]:
    if not issubclass(plugin.brought, InsideFault):
        raise plugin.broken("it is no subclass of creditstorm.scenario.faults.InsideFault")
    return plugin.brought


def _checked_value(plugin: Plugin) -> type[PolicyValue]:
    if not issubclass(plugin.brought, PolicyValue):
        raise plugin.broken("it is no subclass of creditstorm.scenario.policies.value.PolicyValue")
    axis = getattr(plugin.brought, "axis", None)
    if axis not in AXES:
        raise plugin.broken(f"its axis is {axis!r}; allowed are {', '.join(AXES)}")
    return plugin.brought
