"""`blackhole`: connections stay open and nothing comes through."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.base import FaultBase


class Blackhole(FaultBase):
    """Data vanishes; nobody is told (Toxiproxy's `timeout` with 0)."""

    kind: Literal["blackhole"] = "blackhole"
