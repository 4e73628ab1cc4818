"""`reset`: connections end with a TCP reset."""

from __future__ import annotations

from typing import Annotated, Literal

from creditstorm.scenario.base import Duration, key
from creditstorm.scenario.faults.network import NetworkFault


class Reset(NetworkFault):
    """Each connection is reset `after_s` seconds after it sent data."""

    kind: Literal["reset"] = "reset"
    after_s: Annotated[Duration, key("after")] = 0.0
