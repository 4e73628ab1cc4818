"""Faults of whole processes: one class, one file, one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from creditstorm.adapters.processes.base import Blow
from creditstorm.adapters.processes.kill import KillBlow
from creditstorm.adapters.processes.pause import PauseBlow
from creditstorm.adapters.processes.restart import RestartBlow

BLOWS: Final[Mapping[str, type[Blow]]] = MappingProxyType(
    {"kill": KillBlow, "pause": PauseBlow, "restart": RestartBlow}
)
"""By the scenario's word for the kind."""
