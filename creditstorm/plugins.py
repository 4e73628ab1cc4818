"""Kinds of fault, values of policies and monitors that other packages bring, found by their entry points.

A package that declares::

    [project.entry-points."creditstorm.faults"]
    drowsy = "your_package.drowsy:Drowsy"

    [project.entry-points."creditstorm.policies"]
    lenient = "your_package.lenient:Lenient"

    [project.entry-points."creditstorm.monitors"]
    stale_income = "your_package.stale:STALE_INCOME"

is found wherever it is installed beside creditstorm; the name of an entry point is the word that a scenario uses.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from itertools import pairwise
from typing import Annotated, Any, Final, TypeVar, Union, get_args

from pydantic import BaseModel, Field, GetCoreSchemaHandler, GetPydanticSchema
from pydantic_core import core_schema
from creditstorm.errors import HarnessError

FAULTS: Final = "creditstorm.faults"
POLICIES: Final = "creditstorm.policies"
MONITORS: Final = "creditstorm.monitors"
GROUPS: Final = (FAULTS, POLICIES, MONITORS)
Kind = TypeVar("Kind")


class PluginError(HarnessError):
    """A package beside creditstorm promises what it does not keep."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """One class, or one monitor, of another package, under the word that a scenario uses for it."""

    group: str
    name: str
    package: str
    version: str
    brought: Any

    def broken(self, why: str) -> PluginError:
        """The error that says why this one cannot be used, and what to do."""
        return _broken(self.group, self.name, self.package, why)


def classes(group: str) -> Mapping[str, type[Any]]:
    """The classes of one group, by the word that a scenario uses; raises PluginError."""
    return {plugin.name: plugin.brought for plugin in found(group)}


def subclasses(group: str, base: type[Kind]) -> tuple[type[Kind], ...]:
    """The classes of one group, in the order of the words; raises PluginError where one is no kind of `base`."""
    plugins = found(group)
    for plugin in plugins:
        if not (isinstance(plugin.brought, type) and issubclass(plugin.brought, base)):
            raise plugin.broken(f"it is no subclass of {base.__module__}.{base.__qualname__}")
    return tuple(plugin.brought for plugin in plugins)


@cache
def found(group: str) -> tuple[Plugin, ...]:
    """What is installed now, in the order of the names; looked for once a process. Raises PluginError."""
    plugins = tuple(_loaded(point) for point in sorted(entry_points(group=group), key=lambda point: point.name))
    for one, other in pairwise(plugins):
        if one.name == other.name:
            raise other.broken(f"{one.package} brings one of this name, too")
    return plugins


def _loaded(point: EntryPoint) -> Plugin:
    package, version = (point.dist.name, point.dist.version) if point.dist else ("a package", "unknown")
    try:
        brought = point.load()
    except Exception as error:
        raise _broken(point.group, point.name, package, f"{type(error).__name__}: {error}") from error
    plugin = Plugin(point.group, point.name, package, version, brought)
    if point.group != MONITORS and (kind := _kind_of(brought)) != point.name:
        raise plugin.broken(f"{point.value} says that its kind is {kind!r}")
    return plugin


def _kind_of(brought: object) -> object:
    declared = getattr(brought, "model_fields", {}).get("kind")
    return None if declared is None else declared.default


def _broken(group: str, name: str, package: str, why: str) -> PluginError:
    remedy = f"mend its entry point in {group}, or uninstall {package}"
    return PluginError(f"{name}, which {package} brings, cannot be used: {why}\n  {remedy}")


def open_to(plugged: Callable[[], Iterable[type[BaseModel]]]) -> GetPydanticSchema:
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


def _all_new(more: Iterable[type[BaseModel]], taken: Container[str]) -> None:
    if plugin := next((p for kind in more for p in _plugins() if p.brought is kind and p.name in taken), None):
        raise plugin.broken(f"{plugin.name} is a word of creditstorm's own")


def _plugins() -> tuple[Plugin, ...]:
    return (*found(FAULTS), *found(POLICIES))


def _word_of(kind: type[BaseModel]) -> str:
    [word] = get_args(kind.model_fields["kind"].annotation)
    return str(word)
