"""`partial_dc`: one of two cells is lost."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core.core_schema import SerializationInfo

from creditstorm.credit.sources import SERVICES
from creditstorm.scenario.base import AS_TEXT, key, one_of
from creditstorm.scenario.faults.base import FaultBase
from creditstorm.scenario.faults.targets import replicas_of
from creditstorm.scenario.problems import as_custom, not_among

CELLS: Final = ("a", "b")
PREFIX: Final = "cell-"


def _read(value: object) -> str:
    cell = value.removeprefix(PREFIX) if isinstance(value, str) else value
    if cell not in CELLS:
        raise as_custom(not_among("a cell", value, CELLS))
    return f"{PREFIX}{cell}"


def _write(target: str, info: SerializationInfo) -> str:
    return target.removeprefix(PREFIX) if info.context == AS_TEXT else target


_Cell = Annotated[str, BeforeValidator(_read), PlainSerializer(_write), WithJsonSchema({"enum": list(CELLS)})]


class PartialDc(FaultBase):
    """Everything in one cell is unreachable: a has one of every service, b the second replicas.

    People still reach the decision service, which is in neither.
    """

    kind: Literal["partial_dc"] = "partial_dc"
    target: Annotated[_Cell, key("cell"), Field(json_schema_extra={"default": "b"})] = f"{PREFIX}b"
    how: Annotated[str, *one_of("a way to lose a cell", ("down", "blackhole"))] = "down"

    def members(self, redundancy: tuple[str, ...]) -> tuple[str, ...]:
        """The targets that the cell has, where these sources run twice."""
        if self.target == f"{PREFIX}a":
            return SERVICES
        return tuple(replicas_of(source, redundancy)[1] for source in redundancy)
