"""`profile_update`: people whose circumstances changed, and a source that does not know yet."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstorm.scenario.base import Number
from creditstorm.scenario.faults.people import PeopleFault


class ProfileChange(PeopleFault):
    """From its beginning a share of people truly has `factor` times the value; the source says so from its end on."""

    kind: Literal["profile_update"] = "profile_update"
    factor: Annotated[Number, Field(gt=0.0, le=1e6)]
