"""`kill`: a process dies."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.process import ProcessFault


class Kill(ProcessFault):
    """SIGKILL at the beginning; started again on the same port at the end."""

    kind: Literal["kill"] = "kill"
