"""`blackhole`: connections stay open and nothing comes through."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.network import NetworkFault


class Blackhole(NetworkFault):
    """Data vanishes; nobody is told (Toxiproxy's `timeout` with 0)."""

    kind: Literal["blackhole"] = "blackhole"
