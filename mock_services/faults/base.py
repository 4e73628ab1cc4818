"""A fault that is on in a service: its parameters, who counts whom it meets, and what it does to the service."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

SiteT = TypeVar("SiteT")

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Factor = Annotated[float, Field(gt=0.0)]


class Fault(BaseModel, Generic[SiteT]):
    """One fault: its fields are the parameters as they come over the control port.

    `SiteT` is what a service of this sort has that a fault may take hold of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    _name: str = PrivateAttr(default="")
    _site: SiteT = PrivateAttr()
    _met: int = PrivateAttr(default=0)

    @property
    def met(self) -> int:
        """How many requests met the effect."""
        return self._met

    def begin(self, name: str, site: SiteT) -> None:
        """The fault is switched on under this name."""
        self._name = name
        self._site = site

    def end(self) -> None:
        """The fault is switched off: what it did to the service is undone."""
