"""Faults of whole processes: killed, stopped, restarted."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.base import FaultBase
from creditstorm.scenario.faults.targets import ProcessTarget


class ProcessFault(FaultBase):
    """Something that befalls the process of a service."""

    target: ProcessTarget


class Kill(ProcessFault):
    """SIGKILL at the beginning; started again on the same port at the end."""

    kind: Literal["kill"] = "kill"


class Pause(ProcessFault):
    """SIGSTOP at the beginning, SIGCONT at the end; connections stay open and nobody answers."""

    kind: Literal["pause"] = "pause"


class Restart(ProcessFault):
    """SIGTERM, and started again at once; `for_s` is the time in which it has to be back."""

    kind: Literal["restart"] = "restart"
