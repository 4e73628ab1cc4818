"""`latency`: every chunk of data is held back."""

from __future__ import annotations

from typing import Annotated, Literal

from creditstorm.scenario.base import Duration, ToxicDuration, key
from creditstorm.scenario.faults.network import NetworkFault


class Latency(NetworkFault):
    """Data arrives `latency_s` ± `jitter_s` later."""

    kind: Literal["latency"] = "latency"
    latency_s: Annotated[ToxicDuration, key("latency")]
    jitter_s: Annotated[Duration, key("jitter")] = 0.0
