"""`bandwidth`: the line is thin."""

from __future__ import annotations

from typing import Annotated, Literal

from creditstorm.scenario.base import Speed, key
from creditstorm.scenario.faults.network import NetworkFault


class Bandwidth(NetworkFault):
    """At most `rate_kb_s` kilobytes a second pass on each connection."""

    kind: Literal["bandwidth"] = "bandwidth"
    rate_kb_s: Annotated[Speed, key("rate")]
