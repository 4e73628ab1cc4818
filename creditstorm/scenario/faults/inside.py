"""Faults inside a service: it is told through its control port and does them itself."""

from __future__ import annotations

from typing import Final

from creditstorm.scenario.faults.base import FaultBase

_COMMON: Final = frozenset(FaultBase.model_fields) - {"kind"}


class InsideFault(FaultBase):
    """Something that a service does by itself; every field of a kind is a parameter that the service is told."""

    def parameters(self) -> dict[str, object]:
        """What the service is told, under the names of the fields: SI units, shares from 0 to 1."""
        return self.model_dump(exclude=set(_COMMON))

    def places(self, redundancy: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG002 - a kind looks at it
        """The processes that are told, where these sources run twice."""
        return (self.target,)

    @property
    def met_by(self) -> str:
        """Whom it befalls: a share of `calls`, of `people`, or `nobody` that could be named beforehand."""
        return "calls"
