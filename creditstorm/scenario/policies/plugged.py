"""Values of policies that other packages bring."""

from __future__ import annotations

from creditstorm.credit.policies.axes import AXES
from creditstorm.plugins import POLICIES, Plugin, found
from creditstorm.scenario.policies.value import PolicyValue


def plugged_values(axis: str) -> tuple[type[PolicyValue], ...]:
    """The values of one axis that are installed beside creditstorm; raises PluginError."""
    return tuple(value for value in map(_checked, found(POLICIES)) if value.axis == axis)


def _checked(plugin: Plugin) -> type[PolicyValue]:
    if not issubclass(plugin.brought, PolicyValue):
        raise plugin.broken("it is no subclass of creditstorm.scenario.policies.value.PolicyValue")
    axis = getattr(plugin.brought, "axis", None)
    if axis not in AXES:
        raise plugin.broken(f"its axis is {axis!r}; allowed are {', '.join(AXES)}")
    return plugin.brought
