"""How a scenario may roll a strategy out."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.base import Spec


class DirectAsked(Spec):
    """The newest strategy at once."""

    kind: Literal["direct"]


RolloutAsked = DirectAsked
"""Any roll-out."""
