"""Kinds of fault that other packages bring."""

from __future__ import annotations

from creditstorm.plugins import FAULTS, Plugin, found
from creditstorm.scenario.faults.inside import InsideFault


def plugged_faults() -> tuple[type[InsideFault], ...]:
    """The kinds of fault that are installed beside creditstorm; raises PluginError."""
    return tuple(_checked(plugin) for plugin in found(FAULTS))


def _checked(plugin: Plugin) -> type[InsideFault]:
    if not issubclass(plugin.brought, InsideFault):
        raise plugin.broken("it is no subclass of creditstorm.scenario.faults.InsideFault")
    return plugin.brought
