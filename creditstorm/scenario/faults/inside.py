"""Faults inside a service: it is told through its control port and does them itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self

from creditstorm.scenario.faults.base import FaultBase

_COMMON: Final = frozenset(FaultBase.model_fields) - {"kind"}


class InsideFault(FaultBase):
    """Something that a service does by itself; every field of a kind is a parameter that the service is told.

    A kind from another package is such a class and says as well what a call meets, by the methods of
    `mock_services.faults.moments.Hooks`.
    """

    def parameters(self) -> dict[str, object]:
        """What the service is told, under the names of the fields: SI units, shares from 0 to 1."""
        return self.model_dump(exclude=set(_COMMON))

    @classmethod
    def told(cls, service: str, parameters: Mapping[str, object]) -> Self:
        """The fault as a service knows it by what `parameters` gave; its window is the harness's business."""
        return cls.model_validate({"target": service, "at_s": 0.0, "for_s": 1.0, **parameters})

    def places(self, redundancy: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG002 - a kind looks at it
        """The processes that are told, where these sources run twice."""
        return (self.target,)

    @property
    def met_by(self) -> str:
        """Whom it befalls: a share of `calls`, of `people`, or `nobody` that could be named beforehand."""
        return "calls"
