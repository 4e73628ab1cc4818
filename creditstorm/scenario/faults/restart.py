"""`restart`: a process is restarted."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.process import ProcessFault


class Restart(ProcessFault):
    """SIGTERM, and started again at once; `for_s` is the time in which it has to be back."""

    kind: Literal["restart"] = "restart"
