"""`capacity`: fewer workers, the same queue."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PrivateAttr

from mock_services.faults.calls import CallFault
from mock_services.faults.site import Site


class LessCapacity(CallFault):
    """Workers × factor, at least one; it is met by calls that find no worker free while it is on."""

    factor: Annotated[float, Field(gt=0.0, le=1.0)]

    _met_none_before: int = PrivateAttr(default=0)

    @property
    def met(self) -> int:
        """Calls that had to wait, or were shed."""
        return self._site.capacity.met_none_free - self._met_none_before

    def begin(self, name: str, site: Site) -> None:
        """Calls that hold a worker keep it; no other is let in until there are few enough."""
        super().begin(name, site)
        self._met_none_before = site.capacity.met_none_free
        site.capacity.scale(name, self.factor)

    def end(self) -> None:
        """The workers are back, and those who wait longest go in."""
        self._site.capacity.unscale(self._name)
