"""`consent_revoked`: people who no longer let the lender ask a source."""

from __future__ import annotations

from typing import Literal

from creditstorm.scenario.faults.base import SomeShare
from creditstorm.scenario.faults.inside import InsideFault
from creditstorm.scenario.faults.targets import PeopleTarget


class ConsentWithdrawn(InsideFault):
    """A share of people is refused to the lender by the source, legitimately."""

    kind: Literal["consent_revoked"] = "consent_revoked"
    target: PeopleTarget
    share: SomeShare = 0.1
