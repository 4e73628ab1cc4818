"""What is true of people while a run goes on, whichever process is asked about them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstorm.scenario.base import Number
from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import PeopleTarget, replicas_of


class PeopleFault(InsideFault):
    """Befalls a share of people, the same ones at every replica of the source."""

    target: PeopleTarget
    share: SomeShare = 0.1

    def places(self, redundancy: tuple[str, ...]) -> tuple[str, ...]:
        """Every replica."""
        return replicas_of(self.target, redundancy)

    @property
    def met_by(self) -> str:
        """People, by the name of the fault."""
        return "people"


class ConsentRevokedFault(PeopleFault):
    """A share of people is refused to the lender by the source, legitimately."""

    kind: Literal["consent_revoked"] = "consent_revoked"


class ProfileUpdateFault(PeopleFault):
    """From its beginning a share of people truly has `factor` times the value; the source says so from its end on."""

    kind: Literal["profile_update"] = "profile_update"
    factor: Annotated[Number, Field(gt=0.0, le=1e6)]
