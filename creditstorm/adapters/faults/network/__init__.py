"""Faults on the network, as Toxiproxy makes them: one class, one file, one line here."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from creditstorm.adapters.faults.network.bandwidth import BandwidthEffect
from creditstorm.adapters.faults.network.blackhole import BlackholeEffect
from creditstorm.adapters.faults.network.down import DownEffect
from creditstorm.adapters.faults.network.effect import Effect
from creditstorm.adapters.faults.network.latency import LatencyEffect
from creditstorm.adapters.faults.network.limit_data import LimitDataEffect
from creditstorm.adapters.faults.network.reset import ResetEffect
from creditstorm.adapters.faults.network.slicer import SlicerEffect
from creditstorm.adapters.faults.network.slow_close import SlowCloseEffect
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
