"""`down`: nothing listens."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.base import FaultBase


class Down(FaultBase):
    """Connections are dropped and new ones refused; it has no direction and no toxicity."""

    kind: Literal["down"] = "down"
