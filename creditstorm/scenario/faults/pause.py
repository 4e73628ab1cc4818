"""`pause`: a process stands still."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.process import ProcessFault


class Pause(ProcessFault):
    """SIGSTOP at the beginning, SIGCONT at the end; connections stay open and nobody answers."""

    kind: Literal["pause"] = "pause"
