"""The network faults as Toxiproxy makes them: one class, one file, one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from creditstorm.adapters.toxiproxy.faults.bandwidth import BandwidthEffect
from creditstorm.adapters.toxiproxy.faults.base import Effect
from creditstorm.adapters.toxiproxy.faults.blackhole import BlackholeEffect
from creditstorm.adapters.toxiproxy.faults.down import DownEffect
from creditstorm.adapters.toxiproxy.faults.latency import LatencyEffect
from creditstorm.adapters.toxiproxy.faults.limit_data import LimitDataEffect
from creditstorm.adapters.toxiproxy.faults.reset import ResetEffect
from creditstorm.adapters.toxiproxy.faults.slicer import SlicerEffect
from creditstorm.adapters.toxiproxy.faults.slow_close import SlowCloseEffect
from creditstorm.scenario.faults import NetworkFault

AnyEffect = Effect[Any]

EFFECTS: Final[Mapping[str, Callable[[Any], AnyEffect]]] = MappingProxyType(
    {
        "bandwidth": BandwidthEffect,
        "blackhole": BlackholeEffect,
        "down": DownEffect,
        "latency": LatencyEffect,
        "limit_data": LimitDataEffect,
        "reset": ResetEffect,
        "slicer": SlicerEffect,
        "slow_close": SlowCloseEffect,
    }
)
"""By the scenario's word for the kind."""


def effect_of(fault: NetworkFault) -> AnyEffect:
    """The fault as Toxiproxy makes it."""
    return EFFECTS[fault.kind](fault)
