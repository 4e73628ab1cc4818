"""`slow_close`: connections linger."""

from __future__ import annotations

from typing import Annotated, Literal

from creditstorm.scenario.base import ToxicDuration, key
from creditstorm.scenario.faults.network import NetworkFault


class SlowClose(NetworkFault):
    """A closed connection is passed on as closed only after `delay_s`."""

    kind: Literal["slow_close"] = "slow_close"
    delay_s: Annotated[ToxicDuration, key("delay")]
