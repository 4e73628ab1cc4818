"""`slicer`: data arrives in crumbs."""

from __future__ import annotations

from typing import Annotated, Literal

from creditstorm.scenario.base import Duration, Size, SizeOrNone, key
from creditstorm.scenario.faults.network import NetworkFault


class Slicer(NetworkFault):
    """Data is cut into pieces of about `average_size_bytes`, with `delay_s` between two pieces."""

    kind: Literal["slicer"] = "slicer"
    average_size_bytes: Annotated[Size, key("average_size")]
    size_variation_bytes: Annotated[SizeOrNone, key("size_variation")] = 0
    delay_s: Annotated[Duration, key("delay")] = 0.0
