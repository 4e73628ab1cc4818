"""`limit_data`: connections end after so many bytes."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.base import Size
from creditstorm.scenario.faults.network import NetworkFault


class LimitData(NetworkFault):
    """A connection is closed once `bytes` have passed."""

    kind: Literal["limit_data"] = "limit_data"
    bytes: Size
