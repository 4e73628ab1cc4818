"""Faults of whole processes."""

from __future__ import annotations

from creditstorm.scenario.faults.base import FaultBase
from creditstorm.scenario.faults.targets import ProcessTarget


class ProcessFault(FaultBase):
    """Something that befalls the process of a service."""

    target: ProcessTarget
