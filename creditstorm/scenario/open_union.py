"""A union of kinds that other packages may add to."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Annotated, Any, Union, get_args

from pydantic import Field, GetCoreSchemaHandler, GetPydanticSchema
from pydantic_core import core_schema

from creditstorm.plugins import FAULTS, POLICIES, Plugin, found
from creditstorm.scenario.base import Spec


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
