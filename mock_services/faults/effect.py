"""A fault that is on in a service: its parameters, who counts whom it meets, and what it does to the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Generic, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

HandleT = TypeVar("HandleT")
EffectT_co = TypeVar("EffectT_co", covariant=True)

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Factor = Annotated[float, Field(gt=0.0)]


class Fault(BaseModel, Generic[HandleT]):
    """One fault: its fields are the parameters as they come over the control port.

    `HandleT` is what a service of this sort has that a fault may take hold of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    _name: str = PrivateAttr(default="")
    _handle: HandleT = PrivateAttr()
    _met: int = PrivateAttr(default=0)

    @classmethod
    def told(cls, parameters: Mapping[str, object]) -> Self:
        """The fault with these parameters; pydantic's ValidationError where they are none of its own."""
        return cls.model_validate(parameters)

    @property
    def met(self) -> int:
        """How many requests met the effect."""
        return self._met

    def begin(self, name: str, handle: HandleT) -> None:
        """The fault is switched on under this name."""
        self._name = name
        self._handle = handle

    def end(self) -> None:
        """The fault is switched off: what it did to the service is undone."""


class Kind(Protocol[EffectT_co]):
    """A kind of fault: its class, or whatever else can read its parameters."""

    def told(self, parameters: Mapping[str, object], /) -> EffectT_co:
        """The fault with these parameters; a ValueError of pydantic where they are none of its own."""
