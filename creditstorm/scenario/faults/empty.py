"""`empty`: well-formed answers with nothing in them."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import SourceTarget


class Empty(InsideFault):
    """A share of calls is answered at once with 200 and no record: a plausible lie."""

    kind: Literal["empty"] = "empty"
    target: SourceTarget
    share: SomeShare = 1.0
