"""Faults between two services, made by Toxiproxy on the proxy of the target."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from creditstorm.scenario.base import Duration, Size, SizeOrNone, Speed, ToxicDuration, key, one_of
from creditstorm.scenario.faults.base import FaultBase, SomeShare
from creditstorm.scenario.faults.targets import AnyTarget

DIRECTIONS: Final = ("downstream", "upstream")


class NetworkFault(FaultBase):
    """Something between two services, made by Toxiproxy."""

    target: AnyTarget
    direction: Annotated[str, *one_of("a direction", DIRECTIONS)] = "downstream"
    toxicity: SomeShare = 1.0


class Bandwidth(NetworkFault):
    """At most `rate_kb_s` kilobytes a second pass on each connection."""

    kind: Literal["bandwidth"] = "bandwidth"
    rate_kb_s: Annotated[Speed, key("rate")]


class Blackhole(NetworkFault):
    """Data vanishes; nobody is told (Toxiproxy's `timeout` with 0)."""

    kind: Literal["blackhole"] = "blackhole"


class Down(NetworkFault):
    """Connections are dropped and new ones refused; it has no direction and no toxicity."""

    kind: Literal["down"] = "down"


class Latency(NetworkFault):
    """Data arrives `latency_s` ± `jitter_s` later."""

    kind: Literal["latency"] = "latency"
    latency_s: Annotated[ToxicDuration, key("latency")]
    jitter_s: Annotated[Duration, key("jitter")] = 0.0


class LimitData(NetworkFault):
    """A connection is closed once `bytes` have passed."""

    kind: Literal["limit_data"] = "limit_data"
    bytes: Size


class Reset(NetworkFault):
    """Each connection is reset `after_s` seconds after it sent data."""

    kind: Literal["reset"] = "reset"
    after_s: Annotated[Duration, key("after")] = 0.0


class Slicer(NetworkFault):
    """Data is cut into pieces of about `average_size_bytes`, with `delay_s` between two pieces."""

    kind: Literal["slicer"] = "slicer"
    average_size_bytes: Annotated[Size, key("average_size")]
    size_variation_bytes: Annotated[SizeOrNone, key("size_variation")] = 0
    delay_s: Annotated[Duration, key("delay")] = 0.0


class SlowClose(NetworkFault):
    """A closed connection is passed on as closed only after `delay_s`."""

    kind: Literal["slow_close"] = "slow_close"
    delay_s: Annotated[ToxicDuration, key("delay")]
