"""`malformed`: answers that cannot be read."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import WorkerTarget


class Malformed(InsideFault):
    """A share of calls is answered with 200 and a body that ends in the middle."""

    kind: Literal["malformed"] = "malformed"
    target: WorkerTarget
    share: SomeShare = 1.0
