"""`down`: nothing listens."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.network import NetworkFault


class Down(NetworkFault):
    """Connections are dropped and new ones refused; it has no direction and no toxicity."""

    kind: Literal["down"] = "down"
