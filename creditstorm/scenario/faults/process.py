"""Faults of whole processes, which are killed, stopped, restarted; and of one of two cells, which is lost."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core.core_schema import SerializationInfo
from creditstorm.credit.sources import SERVICES
from creditstorm.language.problems import as_custom, not_among
from creditstorm.language.quantities import AS_TEXT, key, one_of
from creditstorm.scenario.faults.base import FaultBase, ProcessTarget, replicas_of
from creditstorm.scenario.faults.network import Blackhole, Down, NetworkFault

CELLS: Final = ("a", "b")
PREFIX: Final = "cell-"


class ProcessFault(FaultBase):
    """Something that befalls the process of a service."""

    target: ProcessTarget


class Kill(ProcessFault):
    """SIGKILL at the beginning; started again on the same port at the end."""

    in_words: ClassVar[str] = "was dead"
    kind: Literal["kill"] = "kill"

    @property
    def ends_within_s(self) -> float:
        """A process has to come up: 0.2 to 0.7 s were seen (n = 9)."""
        return 2.5


class Pause(ProcessFault):
    """SIGSTOP at the beginning, SIGCONT at the end; connections stay open and nobody answers."""

    in_words: ClassVar[str] = "stood still"
    kind: Literal["pause"] = "pause"


class Restart(ProcessFault):
    """SIGTERM, and started again at once; `for_s` is the time in which it has to be back."""

    in_words: ClassVar[str] = "restarted"
    ends_itself: ClassVar[bool] = True
    kind: Literal["restart"] = "restart"


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

    in_words: ClassVar[str] = "was lost"
    needs_redundancy: ClassVar[bool] = True
    kind: Literal["partial_dc"] = "partial_dc"
    target: Annotated[_Cell, key("cell"), Field(json_schema_extra={"default": "b"})] = f"{PREFIX}b"
    how: Annotated[str, *one_of("a way to lose a cell", ("down", "blackhole"))] = "down"

    @classmethod
    def target_in(cls, plain: Mapping[str, object]) -> str:
        """A person writes the cell."""
        cell = str(plain.get("cell") or plain.get("target") or "b")
        return f"{PREFIX}{cell.removeprefix(PREFIX)}"

    def parts(self, redundancy: tuple[str, ...]) -> tuple[NetworkFault, ...]:
        """A fault for each member; their names hold a sign that no fault of a scenario can have."""
        return tuple(self._loss_of(member) for member in self._members(redundancy))

    def _loss_of(self, member: str) -> NetworkFault:
        kind = Blackhole if self.how == "blackhole" else Down
        loss = kind(target=member, at_s=self.at_s, for_s=self.for_s)
        return loss.model_copy(update={"name": f"{self.name}@{member}"})

    def _members(self, redundancy: tuple[str, ...]) -> tuple[str, ...]:
        """The targets that the cell has, where these sources run twice."""
        if self.target == f"{PREFIX}a":
            return SERVICES
        return tuple(replicas_of(source, redundancy)[1] for source in redundancy)
