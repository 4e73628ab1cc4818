"""Kinds of fault and values of policies that other packages bring, found by their entry points.

A package that declares::

    [project.entry-points."creditstorm.faults"]
    drowsy = "your_package.drowsy:Drowsy"

    [project.entry-points."creditstorm.policies"]
    lenient = "your_package.lenient:Lenient"

is found wherever it is installed beside creditstorm; the name of an entry point is the word that a scenario uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from itertools import pairwise
from typing import Any, Final, TypeVar

from creditstorm.errors import HarnessError

FAULTS: Final = "creditstorm.faults"
POLICIES: Final = "creditstorm.policies"
GROUPS: Final = (FAULTS, POLICIES)
Kind = TypeVar("Kind")


class PluginError(HarnessError):
    """A package beside creditstorm promises what it does not keep."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """One class of another package, under the word that a scenario uses for it."""

    group: str
    name: str
    package: str
    version: str
    brought: type[Any]

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
        if not issubclass(plugin.brought, base):
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
    if (kind := _kind_of(brought)) != point.name:
        raise plugin.broken(f"{point.value} says that its kind is {kind!r}")
    return plugin


def _kind_of(brought: object) -> object:
    declared = getattr(brought, "model_fields", {}).get("kind")
    return None if declared is None else declared.default


def _broken(group: str, name: str, package: str, why: str) -> PluginError:
    remedy = f"mend its entry point in {group}, or uninstall {package}"
    return PluginError(f"{name}, which {package} brings, cannot be used: {why}\n  {remedy}")
