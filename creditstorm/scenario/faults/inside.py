"""Faults inside a service: it is told through its control port and does them itself."""

from __future__ import annotations

from creditstorm.scenario.faults.base import FaultBase


class InsideFault(FaultBase):
    """Something that a service does by itself; every field of a kind is a parameter that the service is told."""
